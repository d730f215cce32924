/** A local Azure with all that preflight asks, and preflight's own process led to it. Proves nothing itself. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAuthorizer, createResourceManager } from "../../local/arm";
import type { Principal } from "../../local/contracts/identity";
import { resourceTypes, type ResourceStore } from "../../local/contracts/resources";
import type { Service } from "../../local/contracts/service";
import { clientEnvironment } from "../../local/frontdoor/clientEnvironment";
import { openGitHost } from "../../local/git/gitHost";
import type { TokenGrants } from "../../local/git/restApi";
import { openDirectory, type LocalDirectory } from "../../local/identity/directory";
import { openResourceStore } from "../../local/kernel/resourceStore";
import { openContainerRegistries } from "../../local/registry/containerRegistries";
import type { Stack } from "../../preflight/stack";
import { fakeInstances, fakeRuns } from "../local/arm/harness";
import { openTestBed, type TestBed } from "../local/clients";

export const gitToken = "ghp_of_the_test";
export const dockerHub = { username: "reader", password: "dckr_pat_of_the_test" };

export interface Told {
  code: number;
  /** All that was printed, by lines. */
  lines: string[];
  stderr: string;
}

export interface Rig {
  directory: LocalDirectory;
  resources: ResourceStore;
  /** What the git token may do from now on. */
  grants: TokenGrants;
  /** Makes it an Azure of this offer, e.g. `FreeTrial_2014-09-01`. */
  offer(quotaId: string | undefined): Promise<void>;
  /** Runs az as the deployer. @throws Error with az's words */
  az(...words: string[]): Promise<void>;
  /** The same as `npm run preflight` once it has the stack: a process of its own. */
  run(stack: object, variables?: Record<string, string>): Promise<Told>;
  /** Takes all looks at a stack, as the deployer unless variables say otherwise. One at a time. */
  look(stack: object, variables?: Record<string, string>): Promise<Told>;
  /** Variables that sign in as another principal, from a machine of its own. */
  signedInAs(principal: Principal): Promise<Record<string, string>>;
  /** Gives a role at the subscription. */
  assign(principal: Principal, role: string): void;
  close(): Promise<void>;
}

/** Stand-ins for the content of the sources' repositories: none of it is run. */
function sourceFolder(stateDir: string, name: string, files: string[]): string {
  const folder = join(stateDir, "sources", name);
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), "version: v1.1.0\n");
  return folder;
}

export async function openRig(): Promise<Rig> {
  const grants: TokenGrants = {};
  const machines: Server[] = [];
  let directory!: LocalDirectory;
  let resources!: ResourceStore;
  let manager!: Service;
  let open!: (quotaId?: string) => Promise<Service>;
  const bed: TestBed = await openTestBed(async (stateDir) => {
    const log = () => undefined;
    resources = openResourceStore(join(stateDir, "resources.json"));
    directory = await openDirectory({ stateDir });
    const authorizer = createAuthorizer({ resources, directory });
    const registries = await openContainerRegistries({
      ...{ stateDir, resources, directory, authorizer, log },
      dockerHubLogin: dockerHub,
    });
    const gitHost = openGitHost({ stateDir, token: gitToken, grants, log });
    for (const [name, ...files] of [
      ["base", "acr-task.yaml"],
      ["gate", "acr-task.yaml"],
      ["app", "acr-task.yaml"],
      ["empty", "README.md"],
    ] as [string, ...string[]][])
      await gitHost.seed({
        owner: "contoso",
        name,
        folder: sourceFolder(stateDir, name, files),
        message: "Start",
      });
    const services = { resources, directory, authorizer, registries, gitHost, log };
    open = (quotaId) =>
      createResourceManager({
        ...services,
        runs: fakeRuns(),
        instances: fakeInstances(),
        ...(quotaId ? { quotaId } : {}),
      });
    manager = await open();
    const current: Service = {
      name: manager.name,
      hosts: manager.hosts,
      handle: (request, response) => manager.handle(request, response),
      stop: () => manager.stop(),
    };
    return [current, directory.service, gitHost.service, registries.service];
  });
  const deployer = {
    ARM_CLIENT_ID: directory.deployer.appId,
    ARM_CLIENT_SECRET: directory.deployer.clientSecret,
    ARM_TENANT_ID: directory.tenantId,
    ARM_SUBSCRIPTION_ID: directory.subscriptionId,
  };
  const az: Rig["az"] = async (...words) => {
    const { code, stderr } = await bed.az(...words);
    if (code !== 0) throw new Error(`az ${words.slice(0, 3).join(" ")}: ${stderr}`);
  };
  const { ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID } = deployer;
  const login = ["-u", ARM_CLIENT_ID, "-p", ARM_CLIENT_SECRET, "--tenant", ARM_TENANT_ID];
  await az("login", "--service-principal", ...login);

  let looker: ChildProcess | undefined;
  const start = (program: string, variables: Record<string, string> = {}): ChildProcess =>
    fork(program, {
      execArgv: ["-r", "ts-node/register/transpile-only"],
      env: {
        PATH: process.env["PATH"],
        HOME: bed.stateDir,
        ...clientEnvironment(bed.frontDoor),
        ...deployer,
        ...variables,
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });

  return {
    directory,
    resources,
    grants,
    async offer(quotaId) {
      await manager.stop();
      manager = await open(quotaId);
    },
    az,
    async look(stack, variables = {}) {
      looker ??= start(join(__dirname, "manyLooks.ts"));
      looker.send({ stack, variables });
      const [told] = (await once(looker, "message")) as [Told];
      return told;
    },
    run: (stack, variables = {}) =>
      new Promise((resolve, reject) => {
        const child = start(join(__dirname, "../../preflight/looksProcess.ts"), variables);
        let stdout = "";
        let stderr = "";
        child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        child.once("error", reject);
        child.once("close", (code) =>
          resolve({ code: code ?? -1, lines: stdout.trimEnd().split("\n"), stderr }),
        );
        child.send(stack);
      }),
    async signedInAs({ objectId }) {
      const { url } = directory.openManagedIdentityEndpoint(objectId);
      // A machine has one endpoint, without a path in front.
      const machine = createServer(({ url: path = "", headers }, response) => {
        const options = { headers: { metadata: String(headers.metadata) }, agent: false };
        request(`${url}${path}`, options, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        }).end();
      });
      await new Promise<void>((resolve) => machine.listen(0, "127.0.0.1", resolve));
      machines.push(machine);
      const { port } = machine.address() as AddressInfo;
      return {
        ARM_CLIENT_ID: "",
        ARM_CLIENT_SECRET: "",
        ARM_USE_MSI: "true",
        AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${port}`,
      };
    },
    assign({ objectId }, role) {
      const scope = `/subscriptions/${directory.subscriptionId}`;
      const name = `${objectId.slice(0, -8)}${role.slice(0, 8)}`;
      resources.put({
        id: `${scope}/providers/${resourceTypes.roleAssignment}/${name}`,
        name,
        type: resourceTypes.roleAssignment,
        properties: {
          scope,
          principalId: objectId,
          roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        },
      });
    },
    async close() {
      looker?.disconnect();
      for (const machine of machines) {
        machine.closeAllConnections();
        await new Promise((resolve) => machine.close(resolve));
      }
      await bed.close();
    },
  };
}

const repository = (name: string): string => `https://github.com/contoso/${name}.git#main`;

/** Settings with which all is well. */
export const config: Readonly<Record<string, unknown>> = {
  "azure-native:location": "eastus",
  "gated-imports:namePrefix": "contoso",
  "gated-imports:baseImages": [
    { name: "node", tag: "22-alpine", source: repository("base"), gate: repository("gate") },
  ],
  "gated-imports:apps": [{ name: "hello-world", source: repository("app"), baseImages: ["node"] }],
  "gated-imports:gitToken": gitToken,
  "gated-imports:dockerHubUser": dockerHub.username,
  "gated-imports:dockerHubPassword": dockerHub.password,
};

/** A stack on Azure that has not been up; `changes` take the place of settings. */
export const stackOf = (
  changes: Record<string, unknown> = {},
  others: Partial<Stack> = {},
): Stack => ({ name: "dev", local: false, config: { ...config, ...changes }, made: [], ...others });
