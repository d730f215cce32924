/**
 * Creates whose end the engine was not told: the provider went away, or an interrupt came between a request and its
 * answer. The engine takes such a create for one that made nothing and forgets it, but Azure may have made the resource,
 * and the next create would be refused for ever. So it is remembered here until `adoptPendingCreates` has looked.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { StepEventStateMetadata } from "@pulumi/pulumi/automation/events";
import type { EngineListener } from "./operation";
import { signatureKey } from "./propertyBag";

/** A resource as the checkpoint has it, with no secret among its inputs: the next update adds them again. */
export type LostCreate = Pick<StepEventStateMetadata, "urn" | "type" | "inputs" | "provider"> & {
  parent?: string;
};

const isCreate = (operation: string): boolean => /^create(-replacement)?$/.test(operation);

/** The engine's word for a call that the provider did not answer; an error that it did answer is 2. */
const notAnswered = 0;

/** Without the members that are secrets, at any depth: events have "[secret]" for their ciphertext, which no stack can read. */
export function withoutSecrets(inputs: Record<string, unknown>): Record<string, unknown> {
  return withoutSecret(inputs) as Record<string, unknown>;
}

function withoutSecret(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(withoutSecret).filter((member) => member !== undefined);
  if (typeof value !== "object" || value === null) return value === "[secret]" ? undefined : value;
  if (signatureKey in value && "ciphertext" in value) return undefined;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, withoutSecret(member)] as const)
      .filter(([, member]) => member !== undefined),
  );
}

/** What Azure has from before is never ours, whatever became of the operation. */
const wasThere = /already existing resource/;

/** Collects them from an operation's events. */
export function watchCreates(): {
  onEvent: EngineListener;
  /** `interrupted`: the operation was told to stop, so that an error may hide what was made. */
  lost(interrupted: boolean): LostCreate[];
  /** Some step, of whatever kind, got no answer: the state may not be what is there. */
  unanswered(): boolean;
} {
  const failed = new Map<string, { create: LostCreate; status: number }>();
  const errors = new Map<string, string>();
  let unanswered = false;
  return {
    onEvent({ resOpFailedEvent, diagnosticEvent }) {
      if (diagnosticEvent?.urn && diagnosticEvent.severity === "error") {
        const { urn, message } = diagnosticEvent;
        errors.set(urn, `${errors.get(urn) ?? ""}${message}`);
      }
      const { new: state, op } = resOpFailedEvent?.metadata ?? {};
      unanswered ||= resOpFailedEvent?.status === notAnswered;
      if (!resOpFailedEvent || !state || !isCreate(op ?? "")) return;
      const { urn, type, provider, parent } = state;
      const inputs = withoutSecrets(state.inputs);
      const create = { urn, type, inputs, provider, ...(parent ? { parent } : {}) };
      failed.set(urn, { create, status: resOpFailedEvent.status });
    },
    lost: (interrupted) =>
      [...failed.values()]
        .filter(({ create, status }) => {
          // Until the PUT went out, nothing of this stack can be there.
          const error = errors.get(create.urn) ?? "";
          const wasSent = /\bPUT \//.test(error);
          if (wasThere.test(error)) return false;
          return status === notAnswered || (interrupted && wasSent);
        })
        .map(({ create }) => create),
    unanswered: () => unanswered,
  };
}

export function readLostCreates(file: string): LostCreate[] {
  if (!existsSync(file)) return [];
  try {
    const lost = JSON.parse(readFileSync(file, "utf8")) as LostCreate[];
    return lost.map((each) => ({ ...each, inputs: withoutSecrets(each.inputs) }));
  } catch {
    // Half-written by a process that was killed.
    return [];
  }
}

export function keepLostCreates(file: string, lost: readonly LostCreate[]): void {
  if (lost.length > 0) writeFileSync(file, JSON.stringify(lost), { mode: 0o600 });
}

export function forgetLostCreates(file: string): void {
  rmSync(file, { force: true });
}
