/** A container host that runs nothing: it records what it is asked for and answers as the test says. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type {
  Agent,
  CommandOptions,
  ContainerHost,
  StepContainer,
} from "../../../../local/contracts/containers";

export type Call =
  | { kind: "login"; server: string; username: string; password: string }
  | { kind: "build"; args: string[]; cwd: string }
  | { kind: "run"; container: StepContainer }
  | { kind: "docker"; args: string[] }
  | { kind: "push"; image: string };

export interface FakeContainers extends ContainerHost {
  calls: Call[];
  /** Agents that are open now. */
  open: number;
  /** Exit code of a call, after any output it wants to write; the default is 0. */
  answer: (call: Call, options?: CommandOptions) => number | Promise<number>;
  /** Digests by image. */
  digests: Record<string, string>;
  names(): string[];
}

/** Resolves as a killed command does, once the signal is aborted. */
export const untilKilled = (options?: CommandOptions): Promise<number> =>
  new Promise((resolve) => {
    if (options?.signal?.aborted) return resolve(143);
    options?.signal?.addEventListener("abort", () => resolve(143), { once: true });
  });

/** `build`, `push r/x:1`, `run check`: a call in two words. */
const nameOf = (call: Call): string => {
  if (call.kind === "run") return `run ${call.container.name}`;
  if (call.kind === "push") return `push ${call.image}`;
  if (call.kind === "login") return `login ${call.server}`;
  return call.kind === "docker" ? `docker ${call.args.join(" ")}` : "build";
};

export function createFakeContainers(folder: string): FakeContainers {
  const fake: FakeContainers = {
    calls: [],
    open: 0,
    answer: () => 0,
    digests: {},
    names: () => fake.calls.map(nameOf),
    async openAgent(id): Promise<Agent> {
      const workspace = mkdtempSync(join(folder, `agent-${id}-`));
      fake.open += 1;
      const take = async (call: Call, options?: CommandOptions): Promise<number> => {
        fake.calls.push(call);
        return fake.answer(call, options);
      };
      return {
        workspace,
        async login(server, { username, password }) {
          const code = await take({ kind: "login", server, username, password });
          if (code !== 0) throw new Error(`unauthorized: password ${password} is not valid`);
        },
        build: (args, { cwd, ...options }) => take({ kind: "build", args, cwd }, options),
        run: (container, options) => take({ kind: "run", container }, options),
        docker: (args, options) => take({ kind: "docker", args }, options),
        push: (image, options) => take({ kind: "push", image }, options),
        digest: async (image) => fake.digests[image],
        async close() {
          fake.open -= 1;
          rmSync(workspace, { recursive: true, force: true });
        },
      };
    },
  };
  return fake;
}
