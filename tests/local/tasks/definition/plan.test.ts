// Does not prove that a runner carries the plan out.
import assert from "node:assert/strict";
import { as, refuses, stepsOf } from "./taskText";

describe("plan of a task file", () => {
  it("takes no option for an image, so that no task file mounts folders of this machine", () => {
    refuses('steps:\n  - cmd: "-v /:/host alpine"\n', /"-v" is no image/);
    refuses('steps:\n  - push: ["--authfile=x y"]\n', /is no image/);
  });

  it("refuses what the agent's own docker client would not heed", () => {
    refuses("steps:\n  - cmd: docker pull x\n    env: [A=b]\n", /line 3: .*"env" has no meaning/);
    refuses("steps:\n  - cmd: docker pull x\n    user: me\n", /"user" has no meaning/);
  });

  it("refuses a step that would rule this machine", () =>
    refuses("steps:\n  - cmd: x\n    privileged: true\n", /line 3: .*it would rule this machine/));

  it("reads a variable as the agent's shell does", () => {
    const [step] = stepsOf("steps:\n  - cmd: x\n    env: [\"A='b c'\", B=d]\n");
    assert.deepEqual(as("cmd", step).env, ["A=b c", "B=d"]);
    refuses("steps:\n  - cmd: x\n    env: [A=b c]\n", /"A=b c" is not NAME=value/);
  });

  it("fills in Azure's defaults, or a step waits and retries differently here", () => {
    const [step] = stepsOf("steps:\n  - cmd: x\n    timeout: 0\n    retryDelay: -1\n");
    const { id, timeout, retryDelay, retries, workingDirectory } = as("cmd", step);
    assert.deepEqual(
      { id, timeout, retryDelay, retries, workingDirectory },
      { id: "acb_step_0", timeout: 600, retryDelay: 5, retries: 0, workingDirectory: "/workspace" },
    );
  });

  it("gives a step the task's time and folder where it has none of its own", () => {
    const head = "stepTimeout: 60\nworkingDirectory: src\nsteps:\n";
    const found = stepsOf(
      `${head}  - {push: [a]}\n  - {build: ., workingDirectory: ../a/./b}\n` +
        "  - {cmd: x, timeout: 5, workingDirectory: /opt}\n" +
        "  - {cmd: x, disableWorkingDirectoryOverride: true}\n",
    );
    assert.deepEqual(
      found.map(({ timeout }) => timeout),
      [60, 60, 5, 60],
    );
    assert.deepEqual(
      found.map((step) => step.kind !== "push" && step.workingDirectory),
      [false, "/a/b", "/opt", null],
    );
    assert.equal(stepsOf("stepTimeout: -1\nsteps: [{cmd: x}]\n")[0]?.timeout, 600);
  });

  const waits: [what: string, steps: string[], dependsOn: string[][]][] = [
    ["without when, on the one above it only", ["", 'when: ["-"]', ""], [[], [], ["s1"]]],
    ["with an empty when, on the one above it", ["", "when: []"], [[], ["s0"]]],
    ["with acb_root, on none", ["", "when: [acb_root]"], [[], []]],
    ["named twice, once", ["", "when: [s0, s0]"], [[], ["s0"]]],
    ["with several, on all", ["", "", "when: [s0, s1]"], [[], ["s0"], ["s0", "s1"]]],
  ];
  for (const [what, list, dependsOn] of waits)
    it(`lets a step wait, ${what}`, () => {
      const text = list.map((when, index) => `  - {id: s${index}, cmd: x, ${when}}\n`).join("");
      assert.deepEqual(
        stepsOf(`steps:\n${text}`).map((step) => step.dependsOn),
        dependsOn,
      );
    });

  it("counts all steps for the ids of those without one", () => {
    const found = stepsOf(
      "steps:\n  - {id: a, cmd: x}\n  - cmd: x\n  - {push: [b], when: [acb_step_1]}\n",
    );
    assert.deepEqual(
      found.map(({ id, line }) => [id, line]),
      [
        ["a", 2],
        ["acb_step_1", 3],
        ["acb_step_2", 4],
      ],
    );
  });

  it("pushes images in order, with a tag, each once", () => {
    const [step] = stepsOf("steps:\n  - push: [b, a/b:1, b:latest, h.io:5000/c]\n");
    assert.deepEqual(as("push", step).images, ["b:latest", "a/b:1", "h.io:5000/c:latest"]);
  });

  it("builds without a cache where the file asks for that", () =>
    assert.equal(stepsOf("steps:\n  - {build: ., cache: Disabled}\n")[0]?.kind, "build"));

  it("gives a step's own env precedence over the task's", () => {
    const head = "env: [\"A='1'\", 'B=2,C=3']\nsteps:\n  - cmd: x\n";
    const [step] = stepsOf(`${head}    env: [D=, B=4=5]\n`);
    assert.deepEqual(as("cmd", step).env, ["D=", "B=4=5", "A=1", "C=3"]);
  });

  it("reads YAML 1.1 as the engine does, and a number as user keeps its characters", () => {
    const text = "{cmd: x, user: 0100, cpus: 1.50, detach: yes, keep: off, timeout: 010}";
    const step = as("cmd", stepsOf(`steps:\n  - ${text}\n`)[0]);
    assert.deepEqual([step.user, step.cpus], ["0100", "1.50"]);
    assert.deepEqual([step.detach, step.keep, step.timeout], [true, false, 8]);
  });

  it("takes the last of two equal keys, as the engine does", () =>
    assert.equal(as("cmd", stepsOf("steps:\n  - {cmd: x, cmd: y}\n")[0]).image, "y"));

  it("shows the run's variables and values to templates as JSON, quoted for a shell", () => {
    const [step] = stepsOf("steps:\n  - cmd: x {{.ValuesJSON}} {{.Build.ID}}\n", {
      b: "'1",
      a: "<",
    });
    assert.deepEqual(as("cmd", step).args, ['{"a":"<","b":"\'1"}', "ca7"]);
  });

  it("succeeds with nothing to do for an empty file", () => assert.deepEqual(stepsOf(""), []));

  it("counts lines as the file is written, whatever vanishes or appears above", () => {
    const above = [
      "# c",
      "{{ if false }}\nx: 1\n{{ end }}",
      "{{- /* a\nb */ -}}",
      "{{ range list 1 2 3 }}\n{{ end }}",
      '{{ print "\\n\\n" }}',
      "{{ $x :=\n1 }}",
      "alias:\n  values: {a: b}",
      "env:\n{{- with .Values.none }}\n  - A={{ . }}\n{{- end }}",
      "  # d",
      "",
    ];
    for (let seed = 0; seed < 200; seed += 1) {
      const parts = above.filter((_, index) => (seed * 37 + index * index * 5) % 7 < 4);
      const text = `version: v1.1.0\n${parts.join("\n")}\nsteps:\n  - cmd: y\n    zzz: 1\n`;
      const line = text.split("\n").findIndex((each) => each.includes("zzz")) + 1;
      refuses(text, new RegExp(`^acr-task.yaml line ${line}: .*"zzz"`));
    }
    refuses("{{ $x := 1 -}}\n\nsteps:\n  - cmd: y\n    zzz: 1\n", /line 5: .*"zzz"/);
  });

  const faults: [what: string, text: string, message: RegExp][] = [
    ["an unknown step property", "steps:\n  - cmd: x\n    foo: 1\n", /line 3: .*property "foo"/],
    ["an unknown task property", "foo: 1\nsteps: []\n", /line 1: .*property "foo"/],
    ["networks", "networks: []\nsteps: []\n", /"networks" is not supported/],
    ["a cache", "steps:\n  - build: .\n    cache: enabled\n", /"cache" is not supported/],
    ["the singular volumeMount", "steps:\n  - cmd: x\n    volumeMount: a\n", /volumeMounts/],
    [
      "a version that does not exist",
      "version: 1.1.0\nsteps: []\n",
      /version "1\.1\.0" does not exist/,
    ],
    [
      "two kinds in one step",
      "steps:\n  - cmd: x\n    push: [a]\n",
      /exactly one of cmd, build and push/,
    ],
    ["no kind", "steps:\n  - id: a\n", /exactly one of cmd, build and push/],
    ["a push as text", "steps:\n  - push: a\n", /"push" must be a list/],
    ["negative retries", "steps:\n  - cmd: x\n    retries: -1\n", /"retries" must be 0 or more/],
    ["a blank in an id", "steps:\n  - {id: a b, cmd: x}\n", /id/],
    ["the reserved id", "steps:\n  - {id: acb_root, cmd: x}\n", /reserved/],
    ["an id twice", "steps:\n  - {id: a, cmd: x}\n  - {id: a, cmd: x}\n", /twice/],
    [
      "a later step in when",
      "steps:\n  - {id: a, cmd: x, when: [b]}\n  - {id: b, cmd: x}\n",
      /"b"/,
    ],
    ["a step that waits for itself", "steps:\n  - {id: a, cmd: x, when: [a]}\n", /itself/],
    [
      "- beside an id",
      'steps:\n  - {id: a, cmd: x}\n  - {cmd: x, when: ["-", a]}\n',
      /stands alone/,
    ],
    ["broken YAML", 'steps:\n  - cmd: "x\n', /not valid YAML/],
    ["a file that its templates empty", "{{ if false }}x{{ end }}", /nothing is left/],
    ["a task env with a comma", 'env: ["A=1,2"]\nsteps: []\n', /comma/],
    ["a variable without a name", "steps:\n  - {cmd: x, env: [=1]}\n", /"=1" is not NAME=value/],
    ["a name without a value", "steps:\n  - {cmd: x, env: [A]}\n", /"A" is not NAME=value/],
    ["an empty command", "steps:\n  - cmd: ''\n", /line 2: .*the command is empty/],
    ["an empty build", "steps:\n  - build:\n", /line 2: .*it is empty/],
    ["a push of nothing", "steps:\n  - push: []\n", /line 2: .*list of images is empty/],
    ["a push of no image", "steps:\n  - push: [a, '']\n", /line 2: .*"" is no image/],
    ["an endless wait", "steps:\n  - {cmd: x, startDelay: 9999999}\n", /2000000 or less/],
    ["text as time", "steps:\n  - {cmd: x, timeout: 5m}\n", /"timeout" must be a whole number/],
    ["text as switch", "steps:\n  - {cmd: x, detach: nope}\n", /"detach" must be true or false/],
    ["a cmd's option in a build", "steps:\n  - {build: ., user: a}\n", /belongs to cmd steps/],
    ["retries of a push", "steps:\n  - {push: [a], retries: 1}\n", /tried three times by itself/],
    ["a mapping as network", "steps:\n  - {cmd: x, network: {a: b}}\n", /share one network/],
    ["a YAML alias", "steps:\n  - cmd: &a x\n  - cmd: *a\n", /line 3: a YAML alias/],
    ["steps that are no mappings", "steps: [x]\n", /"steps" must be a list of mappings/],
    ["a file that is a list", "- cmd: x\n", /line 1: a task file is a mapping/],
    ["a property of every object", "steps:\n  - {cmd: x, constructor: 1}\n", /it has id, when/],
  ];
  for (const [what, text, message] of faults)
    it(`refuses ${what} by name instead of running something else`, () => refuses(text, message));

  it("says every fault in one line", () => {
    for (const [, text] of faults) refuses(text, /^[^\r\n]+$/);
  });
});
