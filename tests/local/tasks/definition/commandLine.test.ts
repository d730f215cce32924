// Does not prove what docker does with the options that are let through.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { buildArgumentsOf } from "../../../../local/tasks/definition/buildArguments";
import { splitCommand } from "../../../../local/tasks/definition/commandLine";

const shellWords = (text: string): string[] => {
  // The text comes last: what follows a backslash is the end, as in the command itself.
  const script = `set -f; show() { for word; do printf '%s\\0' "$word"; done; }; show ${text}`;
  return execFileSync("/bin/sh", ["-c", script]).toString().split("\0").slice(0, -1);
};

describe("words of a command", () => {
  it("are those that /bin/sh makes, whatever quotes and backslashes stand between", () => {
    const parts = [
      "a",
      "'b c'",
      '"d e"',
      "\\ ",
      '"f\\"g"',
      "'h\\i'",
      "  ",
      "\\$X",
      '"\\$Y"',
      "''",
      "é",
      "=",
    ];
    for (let seed = 1; seed < 40; seed += 1) {
      const picked = Array.from(
        { length: 7 },
        (_, index) => parts[(seed * 5 + index * index * 3 + index * seed) % parts.length],
      );
      const text = `x${picked.join("")}z`;
      assert.deepEqual(splitCommand(text), shellWords(text), text);
    }
  });

  it("are those of the shell at the edges too", () => {
    for (const text of ["a b\\", "a \\\n b\n\n", "a\u00a0b", "a $ b$", "a~ x=~", "a'' ''", "\ta\t"])
      assert.deepEqual(splitCommand(text), shellWords(text), JSON.stringify(text));
  });

  for (const text of [
    "a ~/b",
    "a && b",
    "a | b",
    "a > f",
    "a < f",
    "a; b",
    "a &",
    "a (b)",
    "a $X",
    'a "$X"',
    "a ${X}",
    "a $(b)",
    "a `b`",
    "a\nb",
    "a # b",
  ])
    it(`refuse ${JSON.stringify(text)}, which only a shell could run, and show the way out`, () =>
      assert.throws(
        () => splitCommand(text),
        /not supported by the local Azure; write it inside bash -c/,
      ));

  it("refuse a quote that is not closed", () =>
    assert.throws(() => splitCommand("a 'b"), /quote ' is not closed/));
});

describe("text of a build step", () => {
  it("gives docker all words and the scanner its tags, arguments, target and Dockerfile", () =>
    assert.deepEqual(
      buildArgumentsOf("-t a:1 --tag b --build-arg A=b --no-cache --target t -f x/D ."),
      {
        words: [
          "-t",
          "a:1",
          "--tag",
          "b",
          "--build-arg",
          "A=b",
          "--no-cache",
          "--target",
          "t",
          "-f",
          "x/D",
          ".",
        ],
        tags: ["a:1", "b"],
        buildArgs: ["A=b"],
        target: "t",
        context: ".",
        dockerfile: "x/D",
      },
    ));

  it("looks for the Dockerfile in the context when none is named", () =>
    assert.equal(buildArgumentsOf("-t a src").dockerfile, "src/Dockerfile"));

  it("leaves --tag=x unseen by the scanner, as ACR does", () =>
    assert.deepEqual(buildArgumentsOf("--tag=x .").tags, []));

  for (const [text, message] of [
    ["--secret id=x .", /build option --secret is not supported/],
    ["https://github.com/o/r.git", /build context .* is not supported/],
    ["-", /build context "-" is not supported/],
    ["-t a b c", /one context/],
    ["--build-arg A .", /no value/],
    ["--file=../../etc/x .", /write --file and the path apart/],
    [". -t", /-t has no value/],
  ] as const)
    it(`refuses ${JSON.stringify(text)} by name`, () =>
      assert.throws(() => buildArgumentsOf(text), message));
});
