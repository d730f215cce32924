// Does not prove that these plans can be carried out; the workflow test runs them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { baseImagesOf, imageText, planOf, secretsOf } from "../../../../local/tasks/definition";
import { as, taskSource } from "./taskText";

const values = {
  REGISTRY_FROM_URL: "public.azurecr.io/",
  IMAGE: "node",
  TAG: "22-alpine",
  APP: "hello-world",
  KEYVAULT: "Acr-Vault",
  LOGIN: "registry-contoso",
  ACI: "hello",
  ACI_RG: "hello-rg",
};
const textOf = (folder: string, file: string): string =>
  readFileSync(join(__dirname, "../../../../sources", folder, file), "utf8");
const taskOf = (folder: string) => taskSource(textOf(folder, "acr-task.yaml"), values);
const secrets = { pulluser: "puller", pullpassword: "p$w`d '\"\n" };

describe("the task files of the three repositories", () => {
  for (const folder of ["base-image-node", "import-baseimage-node", "hello-world"])
    it(`${folder} builds on the image that its values name, so that a new one triggers it`, () => {
      const build = as("build", planOf(taskOf(folder), secrets).steps[0]);
      assert.equal(build.build.dockerfile, "Dockerfile");
      const file = build.build.dockerfile;
      const images = baseImagesOf({ file, text: textOf(folder, file), build: build.build });
      assert.deepEqual(
        images.runtime && imageText(images.runtime),
        "public.azurecr.io/node:22-alpine",
      );
      assert.deepEqual(images.buildtime, []);
    });

  it("base-image-node pushes the image that it built, and only then", () => {
    const [build, push, ...more] = planOf(taskOf("base-image-node"), {}).steps;
    assert.deepEqual(as("build", build).build.tags, ["contoso.azurecr.io/node:22-alpine"]);
    assert.deepEqual(as("push", push).images, ["contoso.azurecr.io/node:22-alpine"]);
    assert.deepEqual([push?.dependsOn, more], [["build"], []]);
  });

  const importSteps = (more: Record<string, string> = {}) => {
    const text = textOf("import-baseimage-node", "acr-task.yaml");
    return planOf(taskSource(text, { ...values, ...more }), {}).steps;
  };
  const ids = (more?: Record<string, string>): string[] => importSteps(more).map(({ id }) => id);
  const [publicName, ownName] = ["public.azurecr.io/node", "contoso.azurecr.io/node"];

  it("import-baseimage-node tags and pushes nothing before the test image has passed", () => {
    const [build, validate, unique, pushUnique, retag, push, ...more] = importSteps();
    const chain = [build, validate, unique, pushUnique, retag, push];
    assert.deepEqual(
      chain.map((step) => step?.dependsOn),
      [[], ...chain.slice(0, -1).map((step) => [step?.id])],
    );
    assert.deepEqual(as("build", build).build.tags, [as("cmd", validate).image]);
    assert.equal(as("cmd", validate).entryPoint, "/test/test.sh");
    const promoted = [`${ownName}:22-alpine-ca7`, `${ownName}:22-alpine`];
    assert.deepEqual(
      [unique, retag].map((step) => [as("cmd", step).image, as("cmd", step).args]),
      promoted.map((name) => ["docker", ["tag", `${publicName}:22-alpine`, name]]),
    );
    assert.deepEqual(
      [pushUnique, push].flatMap((step) => [...as("push", step).images]),
      promoted,
    );
    assert.deepEqual(more, []);
  });

  it("import-baseimage-node leaves the stable tag alone while a pin holds it", () => {
    const all = ids();
    assert.deepEqual(ids({ PIN: "ca3" }), all.slice(0, -2));
    assert.deepEqual(ids({ PIN: "" }), all);
  });

  it("import-baseimage-node looks for each rejected digest before the test, and goes on without one", () => {
    const [one, two] = [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`];
    const [, first, second, validate] = importSteps({ REJECT: `${one}  ${two}` });
    assert.deepEqual(
      [first, second].map((step) => [as("cmd", step).args, as("cmd", step).ignoreErrors]),
      [one, two].map((digest) => [
        ["tag", `${publicName}@${digest}`, `${ownName}-import:test`],
        true,
      ]),
    );
    assert.deepEqual(validate?.dependsOn, [second?.id]);
    assert.deepEqual(ids({ REJECT: "" }), ids());
  });

  it("import-baseimage-node only moves the stable tag back where it is asked to", () => {
    const [build, pull, retag, push, ...more] = importSteps({
      RESTORE: "22-alpine-ca3",
      PIN: "ca3",
    });
    assert.equal(build?.kind, "build");
    assert.deepEqual(as("cmd", pull).args, ["pull", `${ownName}:22-alpine-ca3`]);
    assert.deepEqual(as("cmd", retag).args, [
      "tag",
      `${ownName}:22-alpine-ca3`,
      `${ownName}:22-alpine`,
    ]);
    assert.deepEqual([as("push", push).images, more], [[`${ownName}:22-alpine`], []]);
  });

  it("hello-world asks the vault for the pull token's two halves", () => {
    const url = "https://acr-vault.vault.azure.net/secrets/registry-contoso";
    assert.deepEqual(secretsOf(taskOf("hello-world")), [
      { id: "pulluser", url: `${url}-user` },
      { id: "pullpassword", url: `${url}-password` },
    ]);
  });

  it("hello-world deploys what it pushed, with a password that is on no command line", () => {
    const plan = planOf(taskOf("hello-world"), secrets);
    const [build, push, signIn, deploy, ...more] = plan.steps;
    assert.deepEqual(more, []);
    const image = "contoso.azurecr.io/hello-world:ca7";
    assert.deepEqual(as("build", build).build.tags, [image]);
    assert.deepEqual(as("push", push).images, [image]);
    assert.equal(as("cmd", signIn).image, "mcr.microsoft.com/acr/azure-cli:2ff604c");
    const { args, volumeMounts, dependsOn, retries, retryDelay } = as("cmd", deploy);
    const after = (option: string): string | undefined => args[args.indexOf(option) + 1];
    assert.deepEqual(args.slice(0, 2), ["container", "create"]);
    assert.deepEqual(["--image", "--name", "--resource-group", "--registry-username"].map(after), [
      image,
      "hello",
      "hello-rg",
      "puller",
    ]);
    assert.deepEqual([dependsOn, retries, retryDelay], [["sign-in"], 3, 20]);
    assert.ok(args.includes("--registry-password=@/run/logins/password"));
    assert.deepEqual(volumeMounts, [{ volume: "logins", mountPath: "/run/logins" }]);
    assert.equal(plan.volumes[0]?.files.get("password")?.toString(), secrets.pullpassword);
    assert.ok(!JSON.stringify(plan.steps).includes("p$w"));
  });
});
