// Does not prove that an image is there: only where it is looked for, and how often.
import assert from "node:assert/strict";
import { accepted, app, baseImage } from "./given";

describe("where an image comes from", () => {
  it("is the simulated registry, without a schedule, where the image says nothing else", () => {
    const { baseImages, simulatedImages } = accepted({ baseImages: [baseImage] });
    assert.deepEqual(simulatedImages, [{ ...baseImage, repository: "node", reject: [] }]);
    assert.deepEqual(baseImages, simulatedImages);
  });

  it("is the registry that it names, once a night, though something could build it", () => {
    const { baseImages, simulatedImages } = accepted({
      baseImages: [{ ...baseImage, registry: "quay.io" }],
    });
    assert.deepEqual(simulatedImages, []);
    const { name, tag, gate } = baseImage;
    assert.deepEqual(baseImages, [
      {
        name,
        repository: "node",
        tag,
        registry: "quay.io",
        gate,
        schedule: "0 3 * * *",
        reject: [],
      },
    ]);
  });

  it("is Docker Hub with the simulator off, as often as the image says", () => {
    const image = { ...baseImage, schedule: "*/30 * * * *", repository: "library/node" };
    const { baseImages, simulatedImages, apps } = accepted({
      publicSimulator: false,
      baseImages: [image],
      apps: [app],
    });
    assert.deepEqual(simulatedImages, []);
    assert.equal(baseImages[0]?.registry, "docker.io");
    assert.equal(baseImages[0]?.schedule, "*/30 * * * *");
    assert.equal(baseImages[0]?.repository, "library/node");
    assert.deepEqual(apps[0]?.baseImages, baseImages);
  });
});
