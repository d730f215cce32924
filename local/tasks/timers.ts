/** Timer triggers: once a minute, the tasks whose schedule names that minute are started. */
import { readSchedule } from "../arm";
import { resourceTypes, type ResourceStore } from "../contracts/resources";
import type { RunTrigger } from "../contracts/tasks";
import type { Log } from "../contracts/service";
import { messageOf } from "./failure";
import { findTask, type RunnableTask } from "./runnableTask";

const minute = 60_000;

/** Time as the timers see it, in milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Calls back once the time has come, and does not keep the process alive for it. @returns how to call it off */
  at(time: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  at(time, call) {
    const timer = setTimeout(call, Math.max(0, time - Date.now())).unref();
    return () => clearTimeout(timer);
  },
};

export interface TimerOptions {
  resources: ResourceStore;
  clock: Clock;
  start(task: RunnableTask, trigger: RunTrigger): void;
  log: Log;
}

/**
 * Starts with the next full minute. Minutes that pass while the local Azure is down or the machine sleeps are not
 * made up for; a minute never fires twice. @returns how to stop
 */
export function openTimers({ resources, clock, start, log }: TimerOptions): () => void {
  let callOff = (): void => {};

  function fire(time: number): void {
    const occurrence = new Date(time).toISOString();
    for (const { id } of resources.list({ type: resourceTypes.task })) {
      const task = findTask(resources, id);
      if (!task?.enabled) continue;
      for (const { name, schedule } of task.timers) {
        try {
          if (!readSchedule(schedule)(time)) continue;
          start(task, { timerTrigger: { timerTriggerName: name, scheduleOccurrence: occurrence } });
        } catch (error) {
          log(`timer ${name} of task ${task.name}: ${messageOf(error)}`);
        }
      }
    }
  }

  function waitFor(next: number): void {
    callOff = clock.at(next, () => {
      // A timer may come early by a hair, and late by hours on a machine that slept.
      const time = Math.max(next, Math.floor(clock.now() / minute) * minute);
      waitFor(time + minute);
      fire(time);
    });
  }

  waitFor((Math.floor(clock.now() / minute) + 1) * minute);
  return () => callOff();
}
