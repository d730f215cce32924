// Does not prove that Docker Hub is polled, nor the timer, which has a test with a clock of its own.
import assert from "node:assert/strict";
import { readPageColour } from "../../local/demo/page";
import { changeSettings, type SettingsChange } from "../../local/demo/stackSettings";
import type { LocalStack } from "../../local/pulumi/stack";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";
import { assertNothingToChange } from "./storyUnderTest";

const company =
  (...names: string[]): SettingsChange =>
  ({ baseImages, apps, ...others }) => ({
    ...others,
    publicSimulator: false,
    baseImages: baseImages.map((image) => ({ ...image, source: undefined, registry: "docker.io" })),
    apps: apps.flatMap((app) => names.map((name) => ({ ...app, name, team: "shop" }))),
    vault: { rbac: true, purgeProtection: true },
    registries: { retentionDays: 30 },
    tags: { owner: "platform" },
  });

describe("a company without the simulator, on real parts", function () {
  this.timeout(180_000);
  // Each step builds on the one before: after a failure the rest would only tell the same again.
  this.bail(true);
  let rig: StackUnderTest;
  let outputs: Awaited<ReturnType<LocalStack["up"]>>;

  const stack = async (...apps: string[]): Promise<LocalStack> => {
    const opened = await rig.stack();
    const names = apps.length > 0 ? apps : ["shop-window", "shop-stock"];
    changeSettings(rig.stateDir, company(...names));
    return opened;
  };
  const nothingToChange = async (...apps: string[]): Promise<void> => {
    await assertNothingToChange(await stack(...apps));
  };
  const json = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(await rig.az(...args, "-o", "json")) as T;
  const registryNames = async (): Promise<string[]> =>
    (await rig.ids("Microsoft.ContainerRegistry/registries")).map(
      (id) => id.split("/").at(-1) ?? "",
    );
  const registryOf = async (owner: string): Promise<string> => {
    const found = (await registryNames()).find((name) => name.startsWith(`contoso${owner}`));
    assert.ok(found, owner);
    return found;
  };

  before(async () => {
    rig = await openStackUnderTest();
    await stack();
    await rig.story.commit("importBaseimageNode", {
      path: "test.sh",
      // An image from Docker Hub has no colour.
      edit: (text) => text.replace('"") fault "BACKGROUND_COLOR is not set" ;;', '"") ;;'),
      message: "Any colour will do",
    });
  });
  after(() => rig.close());

  it("imports from Docker Hub behind the gate and serves two apps of one team", async () => {
    outputs = await (await stack()).up();
    const urls = outputs["pageUrls"]?.value as Record<string, string>;
    assert.deepEqual(Object.keys(urls).sort(), ["shop-stock", "shop-window"]);
    for (const url of Object.values(urls)) assert.equal(await readPageColour(url), "white", url);
    assert.equal((await registryNames()).length, 2);
  });

  it("looks for a new image by the clock too, as Docker Hub is only polled", async () => {
    const timers = await json<{ schedule: string; status: string }[]>(
      ...["acr", "task", "timer", "list", "-r", await registryOf("baseartifacts")],
      ...["-n", "base-import-node"],
    );
    assert.deepEqual(
      timers.map(({ schedule, status }) => [schedule, status]),
      [["0 3 * * *", "Enabled"]],
    );
  });

  it("keeps apps of one registry apart: each has a token for its own repository", async () => {
    const maps = await json<{ name: string; actions: string[] }[]>(
      ...["acr", "scope-map", "list", "-r", await registryOf("shop")],
    );
    const own = maps.filter(({ name }) => name.startsWith("shop-"));
    assert.deepEqual(own.map(({ actions }) => actions).sort(), [
      ["repositories/shop-stock/content/read"],
      ["repositories/shop-window/content/read"],
    ]);
  });

  it("lets each task read its own secrets and no other", async () => {
    const [vault = ""] = await rig.ids("Microsoft.KeyVault/vaults");
    const { properties } = await json<{ properties: { accessPolicies: unknown[] } }>(
      ...["keyvault", "show", "-n", vault.split("/").at(-1) ?? ""],
    );
    assert.deepEqual(properties.accessPolicies, []);
    const window = await json<{ identity: { principalId: string } }>(
      ...["acr", "task", "show", "-r", await registryOf("shop"), "-n", "shop-window"],
    );
    const assignments = await json<{ scope: string; principalId: string }[]>(
      ...["role", "assignment", "list", "--all"],
    );
    const secrets = assignments
      .filter(({ principalId }) => principalId === window.identity.principalId)
      .map(({ scope }) => scope.split("/secrets/")[1])
      .filter((name) => name !== undefined);
    const base = `registry-${await registryOf("baseartifacts")}`;
    const shop = `registry-${await registryOf("shop")}-shop-window`;
    // Each login's names have an ending of their own.
    assert.deepEqual(secrets.map((name) => name.replace(/-\w{4}(-\w+)$/, "$1")).sort(), [
      `${base}-password`,
      `${base}-user`,
      `${shop}-password`,
      `${shop}-user`,
    ]);
  });

  it("has its tags on everything, also on what the task deployed", async () => {
    const groups = await json<{ name: string; tags: object | null }[]>("container", "list");
    assert.equal(groups.length, 2);
    for (const { name, tags } of groups) assert.deepEqual(tags, { owner: "platform" }, name);
    for (const name of await registryNames())
      assert.deepEqual(
        await json("acr", "show", "-n", name, "--query", "tags"),
        { owner: "platform" },
        name,
      );
  });

  it("has nothing to change afterwards", () => nothingToChange());

  it("takes an app away and lets it come back, with the one beside it untouched", async () => {
    const pagesOf = ({ pageUrls }: typeof outputs): Promise<(string | undefined)[]> =>
      Promise.all(
        Object.values(pageUrls?.value as object).map((url) => readPageColour(String(url))),
      );
    await (await stack("shop-window")).up();
    assert.deepEqual((await pagesOf(outputs)).filter(Boolean), ["white"]);
    await nothingToChange("shop-window");
    outputs = await (await stack()).up();
    assert.deepEqual(await pagesOf(outputs), ["white", "white"]);
    await nothingToChange();
  });
});
