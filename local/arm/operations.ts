/** Asynchronous operations: work that goes on after the answer, and what became of it. */
import { randomUUID } from "node:crypto";
import type { Directory } from "../contracts/identity";
import type { Log } from "../contracts/service";
import { operationPath } from "./address";
import { ArmError, refuse, type ErrorBody } from "./errors";
import type { Answer } from "./kind";

export type OperationStatus = "InProgress" | "Succeeded" | "Failed";

interface Operation {
  id: string;
  status: OperationStatus;
  error?: ArmError;
  startTime: string;
  endTime?: string;
  /** Settles, without an error, with the work. */
  done: Promise<void>;
}

/** How long one poll is held open while the operation goes on, in milliseconds. */
const heldPoll = 1000;
/** How many finished operations are remembered. */
const remembered = 500;

/** Both the header that Azure sends (whole seconds) and the one that its SDKs prefer. */
const waitHeaders = { "retry-after": "1", "retry-after-ms": "100" };

export interface Operations {
  /** Starts the work and remembers its end. Errors end the operation as Failed, they are never thrown. */
  start(work: () => Promise<void>): Operation;
  /** `Azure-AsyncOperation` and its companions for the answer that started the operation. */
  statusHeaders(operation: Operation): Record<string, string>;
  /** `Location` and its companions. */
  resultHeaders(operation: Operation): Record<string, string>;
  /** Answers a poll; waits a moment for the end. */
  poll(id: string, result: boolean): Promise<Answer>;
  /** Lets held polls go at once. */
  release(): void;
}

export function createOperations(directory: Directory, log: Log): Operations {
  const operations = new Map<string, Operation>();
  const held = new Set<() => void>();

  const url = (id: string, kind: "status" | "result"): string =>
    `https://management.azure.com${operationPath(directory.subscriptionId, id, kind)}?api-version=2024-11-01`;

  function forgetOldest(): void {
    const finished = [...operations.values()].filter(({ status }) => status !== "InProgress");
    for (const { id } of finished.slice(0, Math.max(0, finished.length - remembered))) {
      operations.delete(id);
    }
  }

  async function waitFor(operation: Operation): Promise<void> {
    if (operation.status !== "InProgress") return;
    let release = (): void => undefined;
    const moment = new Promise<void>((resolve) => (release = resolve));
    const timer = setTimeout(release, heldPoll);
    held.add(release);
    await Promise.race([operation.done, moment]);
    clearTimeout(timer);
    held.delete(release);
  }

  return {
    start(work) {
      const operation: Operation = {
        id: randomUUID(),
        status: "InProgress",
        startTime: new Date().toISOString(),
        done: Promise.resolve(),
      };
      operation.done = work()
        .then(
          () => (operation.status = "Succeeded"),
          (error: unknown) => {
            operation.status = "Failed";
            if (error instanceof ArmError) operation.error = error;
            else {
              log(
                `resource manager: operation ${operation.id} failed: ${(error as Error).message}`,
              );
              operation.error = refuse("InternalServerError");
            }
          },
        )
        .then(() => {
          operation.endTime = new Date().toISOString();
          forgetOldest();
        });
      operations.set(operation.id, operation);
      return operation;
    },

    statusHeaders: ({ id }) => ({ "azure-asyncoperation": url(id, "status"), ...waitHeaders }),
    resultHeaders: ({ id }) => ({ location: url(id, "result"), ...waitHeaders }),

    async poll(id, result) {
      const operation = operations.get(id);
      if (operation === undefined) throw refuse("OperationNotFound", id);
      await waitFor(operation);
      const { status, startTime, endTime, error } = operation;
      const going = status === "InProgress";
      const headers = going ? waitHeaders : undefined;
      if (!result) {
        const problem: ErrorBody | undefined = error?.body();
        return {
          status: 200,
          headers,
          body: { id, name: id, status, startTime, endTime, ...problem },
        };
      }
      if (error) throw error;
      return going
        ? { status: 202, headers: { location: url(id, "result"), ...waitHeaders } }
        : { status: 200 };
    },

    release() {
      for (const letGo of held) letGo();
    },
  };
}
