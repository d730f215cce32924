// Does not prove what runs: a task may put another image into a container group later.
import assert from "node:assert/strict";
import { containersFromRegistries, registryOf } from "../../policies/containerInstance";
import { judge, unknown, unknownList, type Verdict } from "./harness";

const judgeGroup = (props: Record<string, unknown>, config = {}): Promise<Verdict> =>
  judge(
    containersFromRegistries,
    { type: "containerinstance:ContainerGroup", name: "hello-world-aci", props },
    config,
  );
const image = "contosoteamabc123.azurecr.io/hello-world:ca1";

describe("containers-from-registries", () => {
  it("lets images of any registry of Azure pass by default", async () => {
    assert.deepEqual(await judgeGroup({ containers: [{ name: "app", image }] }), {
      violations: [],
    });
    assert.deepEqual(await judgeGroup({}), { violations: [] });
  });

  it("names image and registry of every container that comes from elsewhere", async () => {
    assert.deepEqual(
      await judgeGroup({
        containers: [{ image: "node:22" }, { image }, {}],
        initContainers: [{ image: "mcr.microsoft.com/azure-cli" }],
      }),
      {
        violations: [
          "hello-world-aci: runs node:22 from docker.io; allowed: *.azurecr.io",
          "hello-world-aci: runs mcr.microsoft.com/azure-cli from mcr.microsoft.com; allowed: *.azurecr.io",
        ],
      },
    );
  });

  it("is not deceived by a path or a domain that looks like a registry of Azure", async () => {
    for (const deceit of [
      "evil.example/x.azurecr.io/app",
      "x.azurecr.io.evil.example/app",
      "a.b.azurecr.io/app",
      "xazurecr.io/app",
    ])
      assert.equal(
        (await judgeGroup({ containers: [{ image: deceit }] })).violations.length,
        1,
        deceit,
      );
  });

  it("reads an image's registry as docker does", () => {
    const registries = {
      node: "docker.io",
      "library/node:22": "docker.io",
      "localhost/node": "localhost",
      "host:5000/node": "host:5000",
      "GHCR.io/a/b@sha256:00": "ghcr.io",
      "node:22@sha256:00": "docker.io",
    };
    for (const [name, registry] of Object.entries(registries))
      assert.equal(registryOf(name), registry, name);
  });

  it("can be narrowed to the company's registries", async () => {
    const containers = [{ image }];
    const registries = ["contosoteam*.azurecr.io"];
    assert.deepEqual(await judgeGroup({ containers }, { registries }), { violations: [] });
    assert.deepEqual(await judgeGroup({ containers }, { registries: ["mcr.microsoft.com"] }), {
      violations: [
        `hello-world-aci: runs ${image} from contosoteamabc123.azurecr.io; allowed: mcr.microsoft.com`,
      ],
    });
  });

  it("finds a bad image beside one that a preview does not know", async () => {
    assert.deepEqual(await judgeGroup({ containers: [{ image: unknown }, { image: "node" }] }), {
      violations: ["hello-world-aci: runs node from docker.io; allowed: *.azurecr.io"],
      unknown: "containers.0.image",
    });
    assert.deepEqual(
      await judgeGroup({ containers: unknownList, initContainers: [{ image: "node" }] }),
      {
        violations: ["hello-world-aci: runs node from docker.io; allowed: *.azurecr.io"],
        unknown: "containers",
      },
    );
  });
});
