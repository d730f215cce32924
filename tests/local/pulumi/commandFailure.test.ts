// Does not prove that the command plugin words its errors so; its source does.
import assert from "node:assert/strict";
import { endOfOutput } from "../../../local/pulumi/commandFailure";

const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i + 1}`);

describe("pulumi/command failure", () => {
  it("tells the last twelve lines of a log that has been shown already, without the command", () => {
    const message = `exit status 1: running "node \\"a b\\"\\nfirstRun.cjs":\n${lines(40).join("\n")}\n\n`;
    assert.equal(endOfOutput(message), lines(40).slice(28).join("\n"));
  });

  it("does so for a command that a signal ended, and behind what the engine says first", () => {
    assert.equal(endOfOutput('signal: killed: running "x":\nhalf'), "half");
    assert.equal(endOfOutput('create failed: exit status 3: running "x":\n a\n\n b\n'), " a\n b");
  });

  it("keeps the whole message of a command that printed nothing", () => {
    assert.equal(endOfOutput('exit status 7: running "x":\n'), 'exit status 7: running "x":');
  });

  it("leaves every other failure as it is", () => {
    const azure = `Code="Conflict": ${lines(20).join("\n")}\n`;
    assert.equal(endOfOutput(azure), azure);
    assert.equal(endOfOutput("it was running fine"), "it was running fine");
  });
});
