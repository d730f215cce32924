// Does not prove what Azure itself answers: only that the real azure-cli does its work here. Sign-in and Graph are stand-ins.
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, before, describe, it } from "mocha";
import { taskDetails } from "../../../local/arm";
import { azureCliForTests } from "../tools";
import { openAzureClient, type AzureClient } from "./azureClient";
import { openHarness, subscription, type Harness } from "./harness";

type Shown = Record<string, unknown> & { id: string; name: string };

describe("azure-cli against the resource manager", function () {
  this.timeout(60_000);
  let arm: Harness;
  let client: AzureClient;
  const az = async (...args: string[]): Promise<Shown> => (await client.az(...args)) as Shown;

  before(async () => {
    arm = await openHarness();
    const { deployer, tenantId } = arm.directory;
    client = await openAzureClient(azureCliForTests(), {
      "management.azure.com": (request, response) => forward(arm.url, request, response),
      "login.microsoftonline.com": (request, response) => {
        const place = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0`;
        const body = request.url?.includes("openid-configuration")
          ? { token_endpoint: `${place}/token`, authorization_endpoint: `${place}/authorize` }
          : { token_type: "Bearer", expires_in: 3599, access_token: deployer.objectId };
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
      },
    });
    const who = ["-u", deployer.appId, "-p", deployer.clientSecret, "--tenant", tenantId];
    const [account] = (await client.az("login", "--service-principal", ...who)) as Shown[];
    assert.equal(`/subscriptions/${account?.id}`, subscription);
    await az("group", "create", "-n", "rg-az", "-l", "eastus");
    await az("acr", "create", "-g", "rg-az", "-n", "azregistry", "--sku", "Premium");
  });
  after(async () => {
    await client?.close();
    await arm?.close();
  });

  it("makes a registry and finds it again by its name alone", async () => {
    const shown = await az("acr", "show", "-n", "azregistry");
    assert.equal(shown.loginServer, "azregistry.azurecr.io");
    const tagged = await az("acr", "update", "-n", "azregistry", "--tags", "team=a");
    assert.deepEqual(tagged.tags, { team: "a" });
  });

  it("makes a token with a built-in scope map, and one with a scope map of its own", async () => {
    const token = await az(
      ...["acr", "token", "create", "-r", "azregistry", "-n", "pulltoken"],
      ...["--scope-map", "_repositories_pull"],
    );
    const credentials = token.credentials as { passwords: { value: string }[] };
    assert.equal(credentials.passwords.length, 2);
    const own = await az(
      ...["acr", "token", "create", "-r", "azregistry", "-n", "hellotoken"],
      ...["--repository", "hello-world", "content/read"],
    );
    assert.match(String(own.scopeMapId), /\/scopeMaps\/hellotoken-scope-map$/);
  });

  it("makes, shows, extends, runs and lists a task", async () => {
    await az(
      ...["acr", "task", "create", "-r", "azregistry", "-n", "hello-world", "-f", "acr-task.yaml"],
      ...[
        "-c",
        "https://github.com/o/hello-world.git#main",
        "--git-access-token",
        "good-git-token",
      ],
      ...["--set", "IMAGE=node", "--set-secret", "KEY=hidden-value", "--assign-identity"],
    );
    const shown = await az("acr", "task", "show", "-r", "azregistry", "-n", "hello-world");
    assert.ok((shown.identity as { principalId: string }).principalId);
    assert.ok(!JSON.stringify(shown).includes("good-git-token"));
    const vault = "https://v.vault.azure.net/secrets";
    await az(
      ...["acr", "task", "credential", "add", "-r", "azregistry", "-n", "hello-world"],
      ...["--login-server", "docker.io", "-u", `${vault}/user`, "-p", `${vault}/password`],
      ...["--use-identity", "[system]"],
    );
    const stored = arm.resources.get(shown.id) ?? assert.fail("no task");
    const details = taskDetails(stored);
    assert.equal(
      details.credentials.customRegistries?.["docker.io"]?.userName?.type,
      "Vaultsecret",
    );
    assert.equal(details.step.contextAccessToken, "good-git-token");
    const run = ["acr", "task", "run", "-r", "azregistry", "-n", "hello-world", "--no-wait"];
    await client.az(...run, "--set", "X=1");
    assert.deepEqual(arm.runs.requests.at(-1)?.values, [
      { name: "X", value: "1", isSecret: false },
    ]);
    const runs = (await client.az("acr", "task", "list-runs", "-r", "azregistry")) as Shown[];
    assert.deepEqual(
      runs.map(({ task }) => task),
      ["hello-world"],
    );
  });

  it("adds, changes, lists and removes timers of a task", async () => {
    const of = ["-r", "azregistry", "-n", "hello-world"];
    const timer = (verb: string, ...rest: string[]) =>
      client.az("acr", "task", "timer", verb, ...of, ...rest);
    await timer("add", "--timer-name", "nightly", "--schedule", "0 21 * * *");
    await timer("update", "--timer-name", "nightly", "--enabled", "false");
    assert.deepEqual(await timer("list"), [
      { name: "nightly", schedule: "0 21 * * *", status: "Disabled" },
    ]);
    await assert.rejects(
      timer("add", "--timer-name", "bad", "--schedule", "noon"),
      /not a valid CRON expression/,
    );
    await timer("remove", "--timer-name", "nightly");
    const context = ["-c", "https://github.com/o/r.git#main", "-f", "acr-task.yaml"];
    const triggers = ["--commit-trigger-enabled", "false", "--schedule", "weekly:0 9 * * Mon"];
    const made = await az(
      "acr",
      "task",
      "create",
      "-r",
      "azregistry",
      "-n",
      "timed",
      ...context,
      ...triggers,
    );
    assert.deepEqual((made.trigger as { timerTriggers: unknown }).timerTriggers, [
      { name: "weekly", schedule: "0 9 * * Mon", status: "Enabled" },
    ]);
    const shown = (await client.az("acr", "task", "timer", "list", ...of)) as unknown;
    assert.ok(!shown || JSON.stringify(shown).length < 3, JSON.stringify(shown));
  });

  it("tells a person why a task was refused", async () => {
    await assert.rejects(
      az(
        ...["acr", "task", "create", "-r", "azregistry", "-n", "refused", "-f", "acr-task.yaml"],
        ...["-c", "https://github.com/o/r.git#main", "--git-access-token", "bad-git-token"],
      ),
      /SourceTriggerRefused.*token refused/s,
    );
  });

  it("makes a vault, sets a policy, deletes and purges it", async () => {
    const name = ["-n", "azvault1"];
    const group = ["-g", "rg-az"];
    const objectId = "aaaaaaaa-1111-4111-8111-111111111111";
    await az(
      ...["keyvault", "create", ...name, ...group, "--no-self-perms", "true"],
      ...["--enable-rbac-authorization", "false"],
    );
    const policy = ["--object-id", objectId, "--secret-permissions", "get"];
    await az("keyvault", "set-policy", ...name, ...policy);
    const shown = await az("keyvault", "show", ...name);
    const { accessPolicies } = shown.properties as { accessPolicies: { objectId: string }[] };
    assert.ok(accessPolicies.some((one) => one.objectId === objectId));
    await client.az("keyvault", "delete", ...name, ...group);
    const deleted = (await client.az(
      "keyvault",
      "list-deleted",
      "--resource-type",
      "vault",
    )) as Shown[];
    assert.deepEqual(
      deleted.map((one) => one.name),
      ["azvault1"],
    );
    await client.az("keyvault", "purge", ...name);
  });

  it("gives a role by name, lists it and takes it back", async () => {
    const { objectId } = arm.directory.createManagedIdentity("task");
    const scope = `${subscription}/resourceGroups/rg-az`;
    await az(
      ...["role", "assignment", "create", "--assignee-object-id", objectId, "--scope", scope],
      ...["--assignee-principal-type", "ServicePrincipal", "--role", "reader"],
    );
    const list = (await client.az(
      ...["role", "assignment", "list", "--assignee-object-id", objectId, "--scope", scope],
      ...["--fill-principal-name", "false"],
    )) as Shown[];
    assert.deepEqual(
      list.map(({ roleDefinitionName }) => roleDefinitionName),
      ["Reader"],
    );
    await client.az("role", "assignment", "delete", "--ids", String(list[0]?.id));
    assert.equal(arm.resources.get(String(list[0]?.id)), undefined);
  });

  it("makes a container as the article does, again with another image, and shows its log", async () => {
    const create = (tag: string): Promise<Shown> =>
      az(
        ...["container", "create", "-g", "rg-az", "-n", "page", "--ip-address", "Public"],
        ...["--image", `azregistry.azurecr.io/hello-world:${tag}`, "--ports", "80"],
        ...["--registry-username", "u", "--registry-password", "p"],
      );
    const made = await create("da1");
    assert.equal((made.ipAddress as { ip: string }).ip, "127.0.1.7");
    await create("da2");
    const shown = await az("container", "show", "-g", "rg-az", "-n", "page");
    const [container] = shown.containers as { image: string }[];
    assert.equal(container?.image, "azregistry.azurecr.io/hello-world:da2");
    const log = await client.az("container", "logs", "-g", "rg-az", "-n", "page");
    assert.match(String(log), /hello from page/);
  });

  it("changes a tag of any resource, which is drift for whoever declared it", async () => {
    const registry = `${subscription}/resourceGroups/rg-az/providers/Microsoft.ContainerRegistry/registries/azregistry`;
    await az("tag", "update", "--resource-id", registry, "--operation", "merge", "--tags", "x=y");
    assert.equal(arm.resources.get(registry)?.tags?.x, "y");
    await az("resource", "tag", "--ids", registry, "--tags", "only=this");
    assert.deepEqual(arm.resources.get(registry)?.tags, { only: "this" });
    await az("group", "update", "-n", "rg-az", "--set", "tags.g=h");
    assert.equal(arm.resources.get(`${subscription}/resourceGroups/rg-az`)?.tags?.g, "h");
  });

  it("waits for the end of a group and leaves nothing", async () => {
    await client.az("group", "delete", "-n", "rg-az", "-y");
    assert.equal(await client.az("group", "exists", "-n", "rg-az"), false);
    assert.deepEqual(arm.resources.list({ under: `${subscription}/resourceGroups` }), []);
  });
});

/** Passes a request on to the harness's plain port. */
function forward(base: string, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(
        ([name]) => !["host", "connection", "content-length", "accept-encoding"].includes(name),
      ),
    ) as Record<string, string>;
    const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
    fetch(new URL(request.url ?? "/", base), { method: request.method, headers, ...body })
      .then(async (answer) => {
        const answered = Object.fromEntries(answer.headers);
        delete answered.connection;
        response.writeHead(answer.status, answered);
        response.end(Buffer.from(await answer.arrayBuffer()));
      })
      .catch((error: Error) => response.writeHead(502).end(error.message));
  });
}
