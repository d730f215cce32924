/**
 * Stands in for the command plugin without its processes: answers the program's own scripts with what they would print,
 * from the same requests to the resource manager.
 */
import { join } from "node:path";
import type { Directory } from "../../contracts/identity";
import { createCommandProvider } from "../../pulumi/commandProvider";
import type { Bag } from "../../pulumi/propertyBag";
import type { Provider } from "../../pulumi/provider";
import { sendHttps } from "../../tasks/httpsClient";

const apiVersion = "2025-11-01";
const vaultApiVersion = "2024-11-01";
const runsApiVersion = "2025-03-01-preview";
const dayInMilliseconds = 24 * 60 * 60 * 1000;

export interface ScriptsOptions {
  directory: Directory;
  /** Variables that lead to the local Azure. */
  environment: () => Record<string, string>;
}

/** @returns a provider that knows the scripts of an `up` without pins, and refuses all else */
export function createScriptProvider({ directory, environment }: ScriptsOptions): Provider {
  async function ask<T>(method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<T> {
    const token = await directory.issueToken(directory.deployer, "https://management.azure.com");
    const { status, text } = await sendHttps(`https://management.azure.com${path}`, {
      environment: environment(),
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (status !== 200) throw new Error(`${method} ${path} answered ${status}: ${text}`);
    return JSON.parse(text) as T;
  }

  async function tokenPassword(given: Record<string, string>, last: string): Promise<string> {
    const { TOKEN_ID = "", GENERATION: generation, VALID_DAYS } = given;
    if (last && (JSON.parse(last) as { generation: string }).generation === generation) return last;
    const slot = "password1";
    const registry = TOKEN_ID.replace(/\/tokens\/[^/]+$/, "");
    const { passwords } = await ask<{ passwords: { value: string; creationTime: string }[] }>(
      "POST",
      `${registry}/generateCredentials?api-version=${apiVersion}`,
      {
        tokenId: TOKEN_ID,
        name: slot,
        expiry: new Date(Date.now() + Number(VALID_DAYS) * dayInMilliseconds).toISOString(),
      },
    );
    const { value, creationTime: issued = "" } = passwords[0] ?? {};
    const tags = { ...(JSON.parse(given["TAGS"] ?? "{}") as object), generation, issued };
    await vaultSecret({ ...given, TAGS: JSON.stringify(tags) }, value);
    const user = { ...given, SECRET_NAME: given["USER_SECRET_NAME"] ?? "" };
    await vaultSecret(user, TOKEN_ID.split("/").at(-1));
    return JSON.stringify({ generation, slot, issued, value });
  }

  async function vaultSecret(given: Record<string, string>, value: unknown): Promise<string> {
    const { VAULT_ID = "", SECRET_NAME = "", TAGS = "{}" } = given;
    const { id, properties } = await ask<{ id: string; properties: { secretUri: string } }>(
      "PUT",
      `${VAULT_ID}/secrets/${SECRET_NAME}?api-version=${vaultApiVersion}`,
      {
        properties: { value },
        tags: {
          ...(JSON.parse(TAGS) as object),
          ...(given["WRITTEN"] ? { written: given["WRITTEN"] } : {}),
        },
      },
    );
    return JSON.stringify({ id, uri: properties.secretUri });
  }

  /** The run has succeeded when it is asked for, and has no log. */
  async function firstRun({ TASK_ID = "" }: Record<string, string>): Promise<string> {
    const registry = TASK_ID.replace(/\/tasks\/[^/]+$/, "");
    const { properties } = await ask<{ properties: { runId: string; status: string } }>(
      "POST",
      `${registry}/scheduleRun?api-version=${runsApiVersion}`,
      { type: "TaskRunRequest", taskId: TASK_ID },
    );
    const { runId: run, status } = properties;
    return JSON.stringify({ reason: "", run, status, images: [] });
  }

  async function print(command: unknown, inputs: Bag, last: unknown): Promise<Bag> {
    const given = inputs["environment"] as Record<string, string>;
    const answers: Record<string, () => Promise<string>> = {
      "node tokenPassword.cjs": () => tokenPassword(given, typeof last === "string" ? last : ""),
      "node vaultSecret.cjs": () => vaultSecret(given, inputs["stdin"]),
      "node firstRun.cjs": () => firstRun(given),
      // No vault was ever there before.
      "node deletedVault.cjs": () => Promise.resolve(""),
    };
    const answer = answers[String(command)];
    if (!answer) throw new Error(`the benchmark has no answer for: ${String(command)}`);
    return { ...inputs, stdout: await answer(), stderr: "" };
  }

  const real = createCommandProvider({
    environment: () => ({}),
    workingDirectory: join(__dirname),
  });
  return {
    ...real,
    async create(request) {
      if (request.preview) return await real.create(request);
      return {
        id: request.name,
        outputs: await print(request.inputs["create"], request.inputs, undefined),
      };
    },
    async update(request) {
      if (request.preview) return await real.update(request);
      return await print(request.inputs["create"], request.inputs, request.state["stdout"]);
    },
    delete: () => Promise.resolve(),
    invoke: (_token, { args }) => print(args["command"], args, undefined),
  };
}
