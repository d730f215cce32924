/** Reads the triggers of a task: a commit at GitHub, a changed base image, a schedule. */
import {
  knownOnly,
  listAt,
  objectAt,
  optionalChoice,
  optionalText,
  textAt,
  type Json,
} from "../body";
import { refuse } from "../errors";
import type { BaseImageTrigger, SourceTrigger, TaskDetails, TimerTrigger } from "./taskModel";
import { readSchedule } from "./timerSchedule";

const statuses = ["Enabled", "Disabled"] as const;

const unserved = (what: string, advice: string): Error => refuse("NotSupportedHere", what, advice);

export function readTriggers(trigger: Json): TaskDetails["trigger"] {
  const path = "properties.trigger";
  knownOnly(trigger, ["sourceTriggers", "baseImageTrigger", "timerTriggers"], path);
  const sources = listAt(trigger.sourceTriggers, `${path}.sourceTriggers`).map((entry, index) => {
    const own = `${path}.sourceTriggers[${index}]`;
    return readSourceTrigger(objectAt(entry, own), own);
  });
  if (sources.length > 1) {
    throw refuse("BadRequest", "A task can have one source trigger only.");
  }
  const timers = listAt(trigger.timerTriggers, `${path}.timerTriggers`).map((entry, index) => {
    const own = `${path}.timerTriggers[${index}]`;
    return readTimerTrigger(objectAt(entry, own), own);
  });
  const names = timers.map(({ name }) => name.toLowerCase());
  const twice = timers.find(({ name }, index) => names.indexOf(name.toLowerCase()) < index);
  if (twice) throw refuse("BadRequest", `There are two timer triggers named '${twice.name}'.`);
  const base = trigger.baseImageTrigger;
  return {
    ...(sources.length === 0 ? {} : { sourceTriggers: sources }),
    ...(timers.length === 0 ? {} : { timerTriggers: timers }),
    ...(base === undefined || base === null
      ? {}
      : { baseImageTrigger: readBaseImageTrigger(objectAt(base, `${path}.baseImageTrigger`)) }),
  };
}

function readSourceTrigger(trigger: Json, path: string): SourceTrigger {
  knownOnly(trigger, ["name", "status", "sourceTriggerEvents", "sourceRepository"], path);
  const events = listAt(trigger.sourceTriggerEvents, `${path}.sourceTriggerEvents`).map((event) =>
    optionalChoice(event, ["commit", "pullrequest"], `${path}.sourceTriggerEvents`),
  );
  if (events.includes("pullrequest")) {
    throw unserved("A pull request trigger", "use the event 'commit'");
  }
  if (events.length === 0) {
    throw refuse("InvalidRequestContent", `'${path}.sourceTriggerEvents' must name an event.`);
  }
  const repository = objectAt(trigger.sourceRepository, `${path}.sourceRepository`);
  const own = `${path}.sourceRepository`;
  const members = ["sourceControlType", "repositoryUrl", "branch", "sourceControlAuthProperties"];
  knownOnly(repository, members, own);
  const kinds = ["Github", "VisualStudioTeamService"] as const;
  const kind = optionalChoice(repository.sourceControlType, kinds, `${own}.sourceControlType`);
  if (kind !== "Github") {
    throw unserved(`Source control of type '${kind ?? "none"}'`, "use Github");
  }
  const branch = optionalText(repository.branch, `${own}.branch`);
  const authentication = readAuthentication(repository.sourceControlAuthProperties, own);
  return {
    name: textAt(trigger.name, `${path}.name`),
    status: optionalChoice(trigger.status, statuses, `${path}.status`) ?? "Enabled",
    sourceTriggerEvents: ["commit"],
    sourceRepository: {
      sourceControlType: kind,
      repositoryUrl: textAt(repository.repositoryUrl, `${own}.repositoryUrl`),
      ...(branch === undefined ? {} : { branch }),
      ...authentication,
    },
  };
}

function readAuthentication(
  value: unknown,
  own: string,
): Pick<SourceTrigger["sourceRepository"], "sourceControlAuthProperties"> {
  if (value === undefined || value === null) return {};
  const path = `${own}.sourceControlAuthProperties`;
  const given = objectAt(value, path);
  knownOnly(given, ["token", "tokenType", "scope", "refreshToken", "expiresIn"], path);
  const tokenType = optionalChoice(given.tokenType, ["PAT", "OAuth"], `${path}.tokenType`) ?? "PAT";
  if (tokenType !== "PAT") throw unserved("An OAuth token", "use a personal access token (PAT)");
  const scope = optionalText(given.scope, `${path}.scope`);
  return {
    sourceControlAuthProperties: {
      token: textAt(given.token, `${path}.token`),
      tokenType,
      ...(scope === undefined ? {} : { scope }),
    },
  };
}

function readTimerTrigger(trigger: Json, path: string): TimerTrigger {
  knownOnly(trigger, ["name", "schedule", "status"], path);
  const name = textAt(trigger.name, `${path}.name`);
  const schedule = textAt(trigger.schedule, `${path}.schedule`);
  try {
    readSchedule(schedule);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw refuse(
      "BadRequest",
      `The schedule '${schedule}' of timer trigger '${name}' is not a valid CRON expression: ${cause}.`,
    );
  }
  const status = optionalChoice(trigger.status, statuses, `${path}.status`) ?? "Enabled";
  return { name, schedule, status };
}

function readBaseImageTrigger(trigger: Json): BaseImageTrigger {
  const path = "properties.trigger.baseImageTrigger";
  const members = ["name", "status", "baseImageTriggerType", "updateTriggerPayloadType"];
  knownOnly(trigger, [...members, "updateTriggerEndpoint"], path);
  if (optionalText(trigger.updateTriggerEndpoint, `${path}.updateTriggerEndpoint`)) {
    throw unserved("An update trigger endpoint", "leave it out");
  }
  const types = ["Runtime", "All"] as const;
  const payloads = ["Default", "Token"] as const;
  const type = optionalChoice(trigger.baseImageTriggerType, types, `${path}.baseImageTriggerType`);
  if (type === undefined) {
    throw refuse(
      "InvalidRequestContent",
      `'${path}.baseImageTriggerType' is required: Runtime or All.`,
    );
  }
  return {
    name: textAt(trigger.name, `${path}.name`),
    status: optionalChoice(trigger.status, statuses, `${path}.status`) ?? "Enabled",
    baseImageTriggerType: type,
    updateTriggerPayloadType:
      optionalChoice(
        trigger.updateTriggerPayloadType,
        payloads,
        `${path}.updateTriggerPayloadType`,
      ) ?? "Default",
  };
}
