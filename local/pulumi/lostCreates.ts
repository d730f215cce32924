/**
 * Creates whose end the engine was not told: the provider went away, or an interrupt came between a request and its
 * answer. The engine takes such a create for one that made nothing and forgets it, but Azure may have made the resource,
 * and the next create would be refused for ever. So it is remembered here until `adoptPendingCreates` has looked.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { StepEventStateMetadata } from "@pulumi/pulumi/automation/events";
import type { EngineListener } from "./operation";

/** A resource as the checkpoint has it. Its inputs come from the engine's events, which hide secrets; the next update puts them right. */
export type LostCreate = Pick<StepEventStateMetadata, "urn" | "type" | "inputs" | "provider"> & {
  parent?: string;
};

const isCreate = (operation: string): boolean => /^create(-replacement)?$/.test(operation);

/** The engine's word for a call that the provider did not answer; an error that it did answer is 2. */
const notAnswered = 0;

/** Collects them from an operation's events. */
export function watchCreates(): {
  onEvent: EngineListener;
  /** `interrupted`: the operation was told to stop, so that an error may hide what was made. */
  lost(interrupted: boolean): LostCreate[];
} {
  const failed = new Map<string, { create: LostCreate; status: number }>();
  const errors = new Map<string, string>();
  return {
    onEvent({ resOpFailedEvent, diagnosticEvent }) {
      if (diagnosticEvent?.urn && diagnosticEvent.severity === "error") {
        const { urn, message } = diagnosticEvent;
        errors.set(urn, `${errors.get(urn) ?? ""}${message}`);
      }
      const { new: state, op } = resOpFailedEvent?.metadata ?? {};
      if (!resOpFailedEvent || !state || !isCreate(op ?? "")) return;
      const { urn, type, inputs, provider, parent } = state;
      const create = { urn, type, inputs, provider, ...(parent ? { parent } : {}) };
      failed.set(urn, { create, status: resOpFailedEvent.status });
    },
    lost: (interrupted) =>
      [...failed.values()]
        .filter(({ create, status }) => {
          // Until the PUT went out, nothing of this stack can be there.
          const wasSent = /\bPUT \//.test(errors.get(create.urn) ?? "");
          return status === notAnswered || (interrupted && wasSent);
        })
        .map(({ create }) => create),
  };
}

export function readLostCreates(file: string): LostCreate[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LostCreate[]) : [];
}

export function keepLostCreates(file: string, lost: readonly LostCreate[]): void {
  if (lost.length > 0) writeFileSync(file, JSON.stringify(lost), { mode: 0o600 });
}

export function forgetLostCreates(file: string): void {
  rmSync(file, { force: true });
}
