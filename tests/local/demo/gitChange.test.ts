// Does not prove that the local github.com takes the push: the repository here is a folder.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pushChange, withBackgroundColour } from "../../../local/demo/gitChange";
import { colourOf, sameColour } from "../../../local/demo/page";
import { waitFor } from "../../../local/demo/waiting";

describe("demo/git change", () => {
  let folder: string;
  let repository: string;
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "change-"));
    git(folder, "init", "--quiet", "--initial-branch", "main", "work");
    writeFileSync(join(folder, "work", "Dockerfile"), "FROM scratch\nENV BACKGROUND_COLOR=Blue\n");
    git(join(folder, "work"), "add", "Dockerfile");
    git(join(folder, "work"), "commit", "--quiet", "--message", "first");
    git(folder, "clone", "--quiet", "--bare", "work", "bare.git");
    repository = `file://${join(folder, "bare.git")}#main`;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("pushes one commit and tells its id", async () => {
    const commit = await pushChange(
      {
        repository,
        path: "Dockerfile",
        edit: (text) => withBackgroundColour(text, "Green"),
        message: "Green",
      },
      { environment: {} },
    );
    const bare = join(folder, "bare.git");
    assert.equal(git(bare, "rev-parse", "main"), commit);
    assert.match(git(bare, "show", "main:Dockerfile"), /^ENV BACKGROUND_COLOR=Green$/m);
  });

  it("says which repository and why when git refuses", async () => {
    const change = { repository: "file:///nowhere#main", path: "a", edit: String, message: "m" };
    await assert.rejects(
      pushChange(change, { environment: {} }),
      /^Error: git clone of file:\/\/\/nowhere: .+/,
    );
  });

  it("does not push an edit that changes nothing", async () => {
    const change = { repository, path: "Dockerfile", edit: (text: string) => text, message: "m" };
    await assert.rejects(pushChange(change, { environment: {} }), /leaves Dockerfile of file/);
  });

  it("reads both ways of setting a variable, and a page's colour in any case", () => {
    assert.equal(
      withBackgroundColour("ENV BACKGROUND_COLOR Red", "Blue"),
      "ENV BACKGROUND_COLOR Blue",
    );
    assert.throws(() => withBackgroundColour("FROM a", "Blue"), /sets no BACKGROUND_COLOR/);
    assert.equal(colourOf('<meta name="background-color" content="Green">'), "Green");
    assert.ok(sameColour("RED", "Red"));
    assert.ok(!sameColour(undefined, undefined));
  });

  it("names what it waited for in vain", async () => {
    const signal = new AbortController().signal;
    await assert.rejects(
      waitFor(() => undefined, { what: "the page to turn green", limit: 1, signal, every: 1 }),
      { message: "waited 0 s for the page to turn green" },
    );
  });
});
