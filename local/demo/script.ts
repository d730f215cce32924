/** The demo's steps: the article's story, each part checked as it happens. */
import type { Progress } from "@gated-imports/local/setup/progress.cjs";
import type { RunRecord } from "../daemon/types";
import { sameColour } from "./page";
import { runKey, type Story } from "./story";

/** The story went another way than the article tells. */
export class StoryBroken extends Error {
  override name = "StoryBroken";
}

export interface ColourRecord {
  step: string;
  colour: string;
}

export interface StoryRecord {
  /** Page colours in the order they were read. */
  colours: ColourRecord[];
  /** Oldest first. */
  runs: RunRecord[];
}

function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new StoryBroken(otherwise);
}

/** Lines of a log that an error shows. */
const shownLines = 8;

/** @throws {StoryBroken} with the end of the run's log */
async function expectStatus(
  story: Story,
  run: RunRecord,
  status: RunRecord["status"],
): Promise<void> {
  if (run.status === status) return;
  const log = (await story.runLog(run)).trimEnd().split("\n").slice(-shownLines);
  throw new StoryBroken(
    `run ${run.runId} of ${run.task} ended as ${run.status}, not ${status}; the end of its log:\n${log.join("\n")}`,
  );
}

export interface ScriptOptions {
  story: Story;
  progress: Progress;
  /** Filled as the story goes on, so that a broken one still tells how far it came. */
  record: StoryRecord;
}

/**
 * Everything up to the green page.
 * @throws {StoryBroken}
 */
export async function playWorkflow({ story, progress, record }: ScriptOptions): Promise<void> {
  const chapter = (title: string): void => progress.note(`\n${progress.paint("1", title)}`);
  const lookAtPage = async (step: string): Promise<string> => {
    const colour = (await story.pageColour()) ?? "no page";
    record.colours.push({ step, colour });
    progress.note(`The page is ${colour}.`);
    return colour;
  };
  const waitForRun: Story["waitForRun"] = async (query) => {
    const step = progress.start(
      { public: "Build the public image", baseArtifacts: "Gate", team: "Build and ship the app" }[
        query.role
      ],
    );
    const run = await story.waitForRun(query);
    step.done(`run ${run.runId} ${run.status}`);
    record.runs = (await story.runs()).reverse();
    return run;
  };
  const commitColour = async (colour: string): Promise<string> => {
    const step = progress.start(`Commit ${colour} to base-image-node`);
    const commit = await story.commitColour(colour);
    step.done(commit.slice(0, 7));
    return commit;
  };

  chapter("1. Three registries, a vault, tasks and a page, without the gate");
  await story.start();
  const outputs = await story.up(false);
  record.runs = (await story.runs()).reverse();
  progress.note(outputs.pageUrl);
  const validated = await lookAtPage("Up, without the gate");
  expect(validated !== "no page", `${outputs.pageUrl} shows no page of the app`);
  expect(!sameColour(validated, "Red"), "the page is red from the beginning");

  chapter("2. A red change of the public image reaches the page");
  let known = await story.knownRuns();
  let commit = await commitColour("Red");
  await expectStatus(story, await waitForRun({ role: "public", known, commit }), "Succeeded");
  await expectStatus(story, await waitForRun({ role: "baseArtifacts", known }), "Failed");
  await expectStatus(story, await waitForRun({ role: "team", known }), "Succeeded");
  await story.waitForPage("Red");
  await lookAtPage("Red, without the gate");

  chapter("3. The app moves behind the gate, back on the last validated image");
  await story.up(true);
  await story.waitForPage(validated);
  await lookAtPage("Up, behind the gate");
  record.runs = (await story.runs()).reverse();

  chapter("4. A red change is built in the public registry and stopped by the gate");
  const promoted = await story.promotedDigest();
  expect(promoted !== undefined, "base-artifacts holds no base image");
  known = await story.knownRuns();
  // Another spelling of the same colour: the public image changes, the gate's verdict must not.
  commit = await commitColour("RED");
  await expectStatus(story, await waitForRun({ role: "public", known, commit }), "Succeeded");
  await expectStatus(story, await waitForRun({ role: "baseArtifacts", known }), "Failed");
  expect(
    (await story.promotedDigest()) === promoted,
    "base-artifacts holds another image than before the red change",
  );
  const appRuns = (await story.runs()).filter(
    (run) => run.task === outputs.taskNames.team && !known.has(runKey(run)),
  );
  expect(appRuns.length === 0, "the app was built again although the gate stopped the image");
  const kept = await lookAtPage("Red, behind the gate");
  expect(
    sameColour(kept, validated),
    `the page turned ${kept} although the gate stopped the image`,
  );

  chapter("5. A green change passes the gate and reaches the page by itself");
  known = await story.knownRuns();
  commit = await commitColour("Green");
  await expectStatus(story, await waitForRun({ role: "public", known, commit }), "Succeeded");
  await expectStatus(story, await waitForRun({ role: "baseArtifacts", known }), "Succeeded");
  await expectStatus(story, await waitForRun({ role: "team", known }), "Succeeded");
  await story.waitForPage("Green");
  await lookAtPage("Green, behind the gate");
  expect(
    (await story.promotedDigest()) !== promoted,
    "base-artifacts still holds the image from before the green change",
  );
}

/**
 * Preview and destroy.
 * @throws {StoryBroken} when something would change, or is left
 */
export async function playEnd({ story, progress }: ScriptOptions): Promise<void> {
  progress.note(`\n${progress.paint("1", "6. Nothing to change, then everything away")}`);
  const plan = await story.preview();
  const planned = [...plan.changes, ...plan.drift].map(
    ({ operation, name }) => `${operation} ${name}`,
  );
  expect(plan.upToDate, `a preview would change: ${planned.join(", ")}`);
  progress.note("There is nothing to change.");
  await story.destroy();
  const left = await story.resourceCount();
  expect(left === 0, `destroy left ${left} resources`);
}
