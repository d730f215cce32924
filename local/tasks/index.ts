/** ACR Tasks: queues runs, carries them out on agents, keeps their logs, and starts them on triggers. */
export { RunRefused } from "./failure";
export { openTaskRuns } from "./taskRuns";
export type { TaskRunsOptions, TaskRunsService } from "./taskRuns";
