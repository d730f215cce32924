/** The status of a local Azure as text. */
import { duration } from "@gated-imports/local/setup/progress.cjs";
import type { MemoryUse } from "../daemon/processes";
import type { LocalAzureStatus, TaskStatus } from "../daemon/types";
import { runTime, triggerOf } from "./runWords";
import { formatTable } from "./table";

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

function shortDigest(image: string): string {
  return image.replace(/@(sha256:[0-9a-f]{12})[0-9a-f]+$/, "@$1");
}

function taskRow(loginServer: string, { name, lastRun, trackedImages }: TaskStatus): string[] {
  const time = lastRun && runTime(lastRun);
  return [
    loginServer,
    name,
    lastRun ? `${lastRun.runId} ${lastRun.status}` : "never ran",
    lastRun ? triggerOf(lastRun) : "",
    time === undefined ? "" : duration(time),
    trackedImages.map(shortDigest).join(" "),
  ];
}

/** Parts with nothing in them are left out. */
export function describeStatus(status: LocalAzureStatus, memory: readonly MemoryUse[]): string {
  const total = memory.reduce((sum, { bytes }) => sum + bytes, 0);
  const age = duration(Date.now() - Date.parse(status.startedAt));
  const tasks = status.registries.flatMap(({ loginServer, tasks }) =>
    tasks.map((task) => taskRow(loginServer, task)),
  );
  const empty = status.registries.filter(({ tasks }) => tasks.length === 0);
  const header = ["REGISTRY", "TASK", "LAST RUN", "TRIGGER", "DURATION", "BASE IMAGES"];
  return [
    `Local Azure: process ${status.pid}, up ${age}, ${status.resourceCount} resources`,
    `State:       ${status.stateDir}`,
    `Memory:      ${megabytes(total)} in ${memory.length} processes`,
    "",
    formatTable(
      ["SERVICE", "HOSTS"],
      status.services.map(({ name, hosts }) => [name, hosts.join(" ")]),
    ),
    ...(tasks.length > 0 ? ["", formatTable(header, tasks)] : []),
    ...empty.map(({ loginServer }) => `\n${loginServer} has no tasks`),
    ...(status.containerGroups.length > 0
      ? [
          "",
          formatTable(
            ["CONTAINER GROUP", "STATE", "PAGE"],
            status.containerGroups.map(({ name, state, url }) => [name, state, url ?? ""]),
          ),
        ]
      : []),
  ].join("\n");
}
