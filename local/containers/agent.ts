/** An agent: what ACR Tasks gives to each run, on an image store of its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent, CommandOptions, StepContainer } from "../contracts/containers";
import { takeTurns } from "../kernel/turns";
import type { ImageStore } from "./imageStore";
import { type ToolContainer, toolProgram } from "./toolContainer";

/** Sub-commands of the agent's own docker client that a step may use. */
const dockerCommands = ["pull", "tag", "push", "inspect", "image", "images", "rmi", "history"];

/** Exit code of podman for an image that is not there. */
const notKnown = 125;

/** How a container reaches services that listen on this machine's 127.0.0.1. */
const hostLoopback = "10.0.2.2";
const caInContainer = "/etc/local-azure-ca.pem";
const caVariables = [
  "REQUESTS_CA_BUNDLE",
  "SSL_CERT_FILE",
  "CURL_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
];

/** `REGISTRY/REPOSITORY@DIGEST` of a name with a digest: without tag, and with what Docker Hub's short names leave out. */
export function fullName(image: string): string {
  const name = image.replace(/:[^:/@]+@/, "@");
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  if (hasRegistry && first !== "docker.io") return name;
  const path = hasRegistry ? rest.join("/") : name;
  return `docker.io/${path.includes("/") ? path : `library/${path}`}`;
}

/** `80`, `8080:80` or `ADDRESS:8080:80`, whatever the address: nothing here listens for the network. */
export function onLoopback(port: string): string {
  const [container = "", host = ""] = port.split(":").reverse();
  return `127.0.0.1:${host}:${container}`;
}

export interface AgentOptions {
  store: ImageStore;
  tools: ToolContainer;
  /** Proxy and CA variables; given to the tool containers alone, as they are the ones that call Azure. */
  clientEnvironment: () => Record<string, string>;
}

/** Opens an agent on an empty store. */
export function createAgent({ store, tools, clientEnvironment }: AgentOptions): Agent {
  const workspace = join(store.folder, "workspace");
  const home = join(store.folder, "home");
  for (const folder of [workspace, home]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const hosts = join(store.folder, "hosts");
  /** Detached steps: the first owns the network that all later steps share, as on ACR's run network. */
  const detached: string[] = [];
  const writeHosts = (...names: string[]): void => {
    const all = ["localhost", ...detached, ...names];
    writeFileSync(hosts, `${all.map((name) => `127.0.0.1 ${name}`).join("\n")}\n`);
  };

  // As a docker daemon has it: of podman's tags side by side one can be lost.
  const inTurn = takeTurns();

  const network = (program: string | undefined): string[] => {
    const [owner] = detached;
    if (owner !== undefined && program === undefined) return ["--network", `container:${owner}`];
    const loopback = program === undefined ? "" : ":allow_host_loopback=true";
    return ["--network", `slirp4netns${loopback}`];
  };

  /** Environment of a tool container: the local Azure's proxy and CA under the container's own addresses. */
  const toolEnvironment = (): string[] =>
    Object.entries(clientEnvironment())
      .filter(([name]) => !name.startsWith("GIT_") && name.toLowerCase() !== "no_proxy")
      .map(([name, value]) => `${name}=${caVariables.includes(name) ? caInContainer : value}`);

  const runArguments = (step: StepContainer): string[] => {
    const program = toolProgram(step.image);
    const environment = [
      "HOME=/acb/home",
      ...(program === undefined ? [] : toolEnvironment()),
      ...(step.env ?? []),
    ].map((line) =>
      program === undefined ? line : line.replaceAll("//127.0.0.1:", `//${hostLoopback}:`),
    );
    const environmentFile = join(store.folder, `env-${step.name}`);
    writeFileSync(environmentFile, `${environment.join("\n")}\n`, { mode: 0o600 });
    writeHosts(step.name);
    const ca = clientEnvironment().SSL_CERT_FILE;
    const volumes = [
      `${workspace}:/workspace`,
      `${home}:/acb/home`,
      `${hosts}:/etc/hosts:ro`,
      ...(program === undefined ? [] : tools.volumes),
      ...(program !== undefined && ca ? [`${ca}:${caInContainer}:ro`] : []),
      ...(step.mounts ?? []).map((m) => `${m.source}:${m.target}${m.readOnly ? ":ro" : ""}`),
    ];
    const workingDirectory =
      step.workingDirectory === undefined ? "/workspace" : step.workingDirectory;
    const sharesNetwork = program === undefined && detached.length > 0;
    return [
      "run",
      "--name",
      step.name,
      ...(step.keep || step.detach ? [] : ["--rm"]),
      ...(step.detach ? ["--detach"] : []),
      ...(sharesNetwork ? [] : ["--hostname", step.name]),
      ...network(program),
      "--env-file",
      environmentFile,
      ...volumes.flatMap((volume) => ["--volume", volume]),
      ...(workingDirectory === null ? [] : ["--workdir", workingDirectory]),
      ...(step.user ? ["--user", step.user] : []),
      ...(step.entryPoint !== undefined ? ["--entrypoint", step.entryPoint] : []),
      ...(step.cpus ? ["--cpus", step.cpus] : []),
      ...(step.ports ?? []).flatMap((port) => ["--publish", onLoopback(port)]),
      ...(step.expose ?? []).flatMap((port) => ["--expose", port]),
      ...(program === undefined ? [step.image] : ["--rootfs", `${tools.rootfs}:O`]),
      ...(program === undefined ? [] : tools.command(program)),
      ...step.args,
    ];
  };

  return {
    workspace,
    login: (server, login) => store.login(server, login),
    build: (args, { cwd, ...options }) =>
      store.buildah(
        [
          "build",
          "--isolation=oci",
          "--runtime=runc",
          "--network=host",
          "--http-proxy=false",
          "--format=docker",
          // As docker does: an image that the agent has is not looked up again, so one run sees one base image.
          ...(args.includes("--pull") ? ["--pull-always"] : ["--pull=false"]),
          ...args.filter((arg) => arg !== "--pull"),
        ],
        { ...options, cwd },
      ),
    async run(step, { output, signal }) {
      const code = await store.podman(runArguments(step), { output, signal });
      if (signal?.aborted) await store.ask(["rm", "--force", "--time", "0", step.name]);
      if (step.detach && code === 0) detached.push(step.name);
      return code;
    },
    async docker(args, options) {
      const [command = ""] = args;
      if (!dockerCommands.includes(command)) {
        const known = dockerCommands.join(", ");
        throw new Error(
          `"docker ${command}" is not supported by the local Azure (supported: ${known})`,
        );
      }
      if (command === "push") return pushImage(args.slice(1), options);
      return inTurn(async () => {
        const stranger = command === "pull" ? undefined : await unknownDigest(args.slice(1));
        if (stranger === undefined) return store.podman(args, { ...options, cwd: workspace });
        options.output(Buffer.from(`Error: ${stranger}: image not known\n`));
        return notKnown;
      });
    },
    push: (image, options) => pushImage([image], options),
    async digest(image) {
      const pushed = digestFile(image);
      if (existsSync(pushed)) return readFileSync(pushed, "utf8").trim();
      const { code, text } = await store.ask([
        "image",
        "inspect",
        "--format",
        "{{.Digest}}",
        image,
      ]);
      return code === 0 && text.startsWith("sha256:") ? text : undefined;
    },
    close: () => store.remove(),
  };

  /**
   * The image named by a digest under which this agent has none. Podman itself would take one of the shared layers,
   * by the names that it once had; a machine of ACR's has only what its run pulled.
   */
  async function unknownDigest(args: string[]): Promise<string | undefined> {
    for (const image of args.filter((arg) => /@sha256:[0-9a-f]{64}$/.test(arg))) {
      const format = ["--format", "{{range .RepoDigests}}{{println .}}{{end}}"];
      const { code, text } = await store.ask(["image", "inspect", ...format, image]);
      const known = code === 0 && text.split(/\s+/).includes(fullName(image));
      if (!known) return image;
    }
    return undefined;
  }

  function digestFile(image: string): string {
    return join(store.folder, `digest-${Buffer.from(image).toString("hex")}`);
  }

  /** Layers go as they are: over loopback packing them costs more than it saves, and a manifest keeps its digest. */
  async function pushImage(args: string[], options: CommandOptions): Promise<number> {
    const image = args.at(-1) ?? "";
    const digest = ["--digestfile", digestFile(image)];
    return store.buildah(["push", "--disable-compression", ...digest, ...args], options);
  }
}
