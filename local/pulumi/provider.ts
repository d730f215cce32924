/** What a stand-in for a Pulumi provider plugin does; `providerServer.ts` speaks the plugin protocol for it. */
import type { Bag } from "./propertyBag";

/** Which resource the engine asks about. */
export interface Target {
  urn: string;
  /** Type token, e.g. `azure-native:keyvault:Vault`. */
  type: string;
  /** Logical name in the program. */
  name: string;
}

/** How an operation is bounded. */
export interface Bounds {
  /** Aborts when the engine cancels, goes away or the resource's custom timeout is over. */
  signal: AbortSignal;
  /** Secret strings in the inputs and the state; never to be logged. */
  secrets: readonly string[];
}

export interface Change {
  /** Property path as Pulumi writes it, e.g. `tags.team` or `containers[0].image`. */
  path: string;
  kind: "add" | "delete" | "update";
  replaces: boolean;
}

export interface Diff {
  changes: Change[];
  /** Delete the old resource first when replacing: the name is fixed, so both cannot exist together. */
  deleteBeforeReplace: boolean;
}

export interface Made {
  id: string;
  outputs: Bag;
}

/** The resource exists but did not come up: the engine keeps its state and tries to update it next time. */
export class InitializationFailed extends Error {
  override name = "InitializationFailed";
  constructor(
    readonly made: Made,
    readonly reasons: string[],
  ) {
    super(reasons.join("; "));
  }
}

export interface Provider {
  /** Plugin name, e.g. `azure-native`. */
  readonly name: string;
  readonly version: string;
  /** Whether the engine hands over which values are secret; without, it marks outputs by the inputs' names itself. */
  readonly acceptSecrets: boolean;
  /** Outputs that are secret as soon as any input is. */
  readonly secretWithAnyInput?: readonly string[];
  configure(config: Record<string, string>): void;
  check(
    request: Target & { olds: Bag; news: Bag; randomSeed: Uint8Array },
  ): Promise<{ inputs: Bag; failures: { property: string; reason: string }[] }>;
  diff(request: Target & { id: string; oldInputs: Bag; state: Bag; news: Bag }): Diff;
  create(request: Target & Bounds & { inputs: Bag; preview: boolean }): Promise<Made>;
  /** The live resource, or nothing when it is gone. `inputs` is absent on import. */
  read(
    request: Target & Bounds & { id: string; inputs?: Bag; state: Bag },
  ): Promise<(Made & { inputs: Bag }) | undefined>;
  update(
    request: Target &
      Bounds & { id: string; oldInputs: Bag; state: Bag; inputs: Bag; preview: boolean },
  ): Promise<Bag>;
  delete(request: Target & Bounds & { id: string; inputs: Bag; state: Bag }): Promise<void>;
  /** Calls a function of the plugin; `secrets` are those among its arguments. */
  invoke(token: string, request: Bounds & { args: Bag }): Promise<Bag>;
  /** Called once the engine has told where its log is. */
  attach?(log: EngineLog): void;
}

/** Writes a line under a resource into the running operation's output. */
export type EngineLog = (urn: string, line: string) => void;
