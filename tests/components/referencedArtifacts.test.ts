// Does not prove that stacks can be strung together: examples/team-stack is tried on real parts elsewhere.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  ReferencedArtifacts,
  type ArtifactsForApps,
} from "../../components/parts/referencedArtifacts";
import type { BaseImage } from "../../components/parts/imageSource";
import { TeamApp } from "../../components/teamApp";
import { declare, valueOf, type Declared } from "./declare";
import { makePlatform, setValues, sourceOf, vaultLogin } from "./fixtures";

const exported: ArtifactsForApps = {
  loginServer: "central.azurecr.io",
  userName: "base-artifacts-pull",
  password: "central-password",
  images: [
    { name: "node", repository: "library/node", tag: "22-alpine" },
    { name: "python", repository: "python", tag: "3.13" },
  ],
  rejected: { node: ["gc6"] },
};

interface Made {
  artifacts: ReferencedArtifacts;
  image: BaseImage;
}

const make = (pin?: string): Promise<Declared<Made>> =>
  declare(() => {
    const platform = makePlatform();
    // A stack's outputs are secret as a whole when one of them is.
    const forApps = pulumi.secret(exported);
    const artifacts = new ReferencedArtifacts("central", { forApps, vault: platform.vault });
    const image = artifacts.image("node");
    new TeamApp("web-shop", {
      registry: "shop",
      containerGroupName: "web-shop-aci",
      platform,
      source: sourceOf("web-shop"),
      baseImages: [image],
      baseArtifacts: artifacts,
      pin,
    });
    return { artifacts, image };
  });

describe("ReferencedArtifacts", () => {
  let declared: Declared<Made>;
  before(async () => {
    declared = await make();
  });

  it("feed an app in another stack with images, and with a login from that stack's own vault", () => {
    const { inputs } = declared.the("Task", "web-shop");
    const { REGISTRY_FROM_URL, IMAGE, TAG } = setValues(inputs);
    assert.deepEqual(
      [REGISTRY_FROM_URL, IMAGE, TAG],
      ["central.azurecr.io/", "library/node", "22-alpine"],
    );
    assert.deepEqual(inputs["credentials"], {
      customRegistries: { "central.azurecr.io": vaultLogin("registry-central-abc123") },
    });
    assert.deepEqual(declared.the("Secret", "central-password").inputs["properties"], {
      value: "central-password",
    });
  });

  it("keep the password secret and let the rest be read, so that a preview can show it", async () => {
    const { artifacts, image } = declared.result;
    assert.ok(await pulumi.isSecret(artifacts.password));
    for (const open of [artifacts.loginServer, artifacts.userName, image.repository, image.tag])
      assert.ok(!(await pulumi.isSecret(pulumi.output(open))));
    assert.deepEqual(declared.the("ContainerGroup", "web-shop-aci").secrets, [
      "imageRegistryCredentials[0].password",
    ]);
  });

  it("let the app run only once its copy of the login is there", () => {
    const { waitsFor } = declared.the("Command", "web-shop-first-run");
    assert.ok(waitsFor.has("Secret central-password"));
  });

  it("move a pinned app whose run's image the other stack rejected", async () => {
    const tag = async (pin: string): Promise<unknown> =>
      setValues((await make(pin)).the("Task", "web-shop").inputs)["TAG"];
    assert.equal(await tag("gc6"), "22-alpine");
    assert.equal(await tag("gc5"), "22-alpine-gc5");
  });

  it("have an image of which nothing was ever rejected", async () => {
    const { artifacts } = declared.result;
    assert.equal(await valueOf(artifacts.image("python").tag), "3.13");
    assert.deepEqual(await valueOf(artifacts.rejected["python"] ?? ["none"]), []);
  });

  it("name the images that there are when asked for another", async () => {
    const { failures } = await declare(
      () => {
        const { vault } = makePlatform();
        new ReferencedArtifacts("central", { forApps: exported, vault }).image("ruby");
      },
      { failing: true },
    );
    const [error, ...others] = failures;
    assert.ok(pulumi.RunError.isInstance(error), "no stack trace is shown");
    assert.equal(error.message, "Base artifacts have no base image ruby; there are: node, python");
    assert.deepEqual(others, []);
  });
});
