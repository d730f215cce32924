// Does not prove that a runner carries the plan out.
import assert from "node:assert/strict";
import { planOf, secretsOf, type Step, type TaskSource } from "../../../../local/tasks/definition";

const source = (text: string, values: Record<string, string> = {}): TaskSource => ({
  file: "acr-task.yaml",
  text,
  values,
  variables: {
    ID: "ca7",
    Registry: "contoso.azurecr.io",
    RegistryName: "contoso",
    Date: "20260105-090000z",
    OS: "linux",
    Architecture: "amd64",
  },
});
const steps = (text: string, values?: Record<string, string>): readonly Step[] =>
  planOf(source(text, values), {}).steps;
const cmd = (step: Step | undefined): Extract<Step, { kind: "cmd" }> => {
  assert.equal(step?.kind, "cmd");
  return step as Extract<Step, { kind: "cmd" }>;
};
const refuses = (text: string, message: RegExp): void =>
  assert.throws(() => steps(text), { name: "TaskFileError", message });

const gated = `version: v1.1.0
steps:
  - id: build-test
    # the image that the gate runs
    build: >
      --build-arg FROM={{.Values.FROM}}
      -f ./Dockerfile
      -t {{.Run.Registry}}/node-import:test
      .
  - id: validate
    when: ["build-test"]
    cmd: "$Registry/node-import:test"
  - id: retag
    when: ["validate"]
    cmd: docker tag {{.Values.FROM}}node:22 {{.Run.Registry}}/node:22
  - id: push
    when: ["retag", "validate"]
    push:
    - "{{.Run.Registry}}/node:22"
    - "{{.Run.Registry}}/node:22-{{.Run.ID}}"
`;

const deploying = `version: v1.1.0
secrets:
  - id: password
    keyvault: https://{{.Values.KEYVAULT}}.vault.azure.net/secrets/Registry-{{.Run.RegistryName}}-password
volumes:
  - name: login
    secret:
      pw: "{{ .Secrets.password | b64enc }}"
steps:
  - build: -t $Registry/hello-world:$ID .
  - push: ["$Registry/hello-world:$ID"]
  - cmd: az login --identity
  - cmd: >
      az container create --name {{.Values.ACI}}
      --registry-password @/run/secrets/pw
    volumeMounts:
      - name: login
        mountPath: /run/secrets
`;

describe("plan of a task file", () => {
  it("keeps the gate: nothing is tagged or pushed before the test image has passed", () => {
    const [build, validate, retag, push] = steps(gated, { FROM: "public.azurecr.io/" });
    assert.deepEqual(
      [build, validate, retag, push].map((step) => step?.dependsOn),
      [[], ["build-test"], ["validate"], ["retag", "validate"]],
    );
    assert.equal(build?.kind === "build" && build.build.context, ".");
    assert.equal(cmd(validate).image, "contoso.azurecr.io/node-import:test");
    assert.deepEqual(cmd(retag).args, [
      "tag",
      "public.azurecr.io/node:22",
      "contoso.azurecr.io/node:22",
    ]);
    assert.deepEqual(push?.kind === "push" && push.images, [
      "contoso.azurecr.io/node:22",
      "contoso.azurecr.io/node:22-ca7",
    ]);
  });

  it("takes no option for an image, so that no task file mounts folders of this machine", () => {
    refuses('steps:\n  - cmd: "-v /:/host alpine"\n', /"-v" is no image/);
    refuses('steps:\n  - push: ["--authfile=x y"]\n', /is no image/);
    refuses(
      "version: v1.1.0\nalias:\n  values:\n    tool: -v /:/h x\nsteps:\n  - cmd: tool ls\n",
      /no image/,
    );
  });

  it("refuses a step that would rule this machine", () =>
    refuses("steps:\n  - cmd: x\n    privileged: true\n", /line 3: .*it would rule this machine/));

  it("reads a variable as the agent's shell does", () => {
    const [step] = steps("steps:\n  - cmd: x\n    env: [\"A='b c'\", B=d]\n");
    assert.deepEqual(cmd(step).env, ["A=b c", "B=d"]);
    refuses("steps:\n  - cmd: x\n    env: [A=b c]\n", /"A=b c" is not NAME=value/);
  });

  it("asks for the secret before the plan, then mounts it as a file that no command line shows", () => {
    const task = source(deploying, { KEYVAULT: "Acr-Vault", ACI: "hello" });
    assert.deepEqual(secretsOf(task), [
      {
        id: "password",
        url: "https://acr-vault.vault.azure.net/secrets/registry-contoso-password",
      },
    ]);
    const plan = planOf(task, { password: "p$w`d\n" });
    assert.equal(plan.volumes[0]?.files.get("pw")?.toString(), "p$w`d\n");
    const deploy = cmd(plan.steps[3]);
    assert.equal(deploy.image, "mcr.microsoft.com/acr/azure-cli:2ff604c");
    assert.deepEqual(deploy.args.slice(-2), ["--registry-password", "@/run/secrets/pw"]);
    assert.deepEqual(deploy.volumeMounts, [{ volume: "login", mountPath: "/run/secrets" }]);
    assert.ok(!JSON.stringify(plan.steps).includes("p$w"));
  });

  it("fills in Azure's defaults, or a step waits and retries differently here", () => {
    const [step] = steps("steps:\n  - cmd: x\n    timeout: 0\n    retryDelay: -1\n");
    const { id, timeout, retryDelay, retries, workingDirectory } = cmd(step);
    assert.deepEqual(
      { id, timeout, retryDelay, retries, workingDirectory },
      { id: "acb_step_0", timeout: 600, retryDelay: 5, retries: 0, workingDirectory: "/workspace" },
    );
  });

  it("lets a step without when wait for the one above it only", () => {
    const found = steps(
      'steps:\n  - {id: a, cmd: x}\n  - {id: b, cmd: x, when: ["-"]}\n  - {id: c, cmd: x}\n  - {cmd: x, when: [a, a]}\n',
    );
    assert.deepEqual(
      found.map(({ dependsOn }) => dependsOn),
      [[], [], ["b"], ["a"]],
    );
  });

  it("gives a step's own env precedence over the task's", () => {
    const [step] = steps("env: [A=1, B=2]\nsteps:\n  - cmd: x\n    env: [B=3]\n");
    assert.deepEqual(cmd(step).env, ["B=3", "A=1"]);
  });

  it("has aliases in v1.1.0 alone, spelt in lower case", () => {
    assert.match(cmd(steps("version: v1.1.0\nsteps:\n  - cmd: az x\n")[0]).image, /^mcr\./);
    assert.equal(cmd(steps("version: V1.1.0\nsteps:\n  - cmd: az x\n")[0]).image, "az");
    assert.equal(cmd(steps("steps:\n  - cmd: bash x\n")[0]).image, "bash");
  });

  it("takes own aliases and directives", () => {
    const [step] = steps(
      "version: v1.1.0\nalias:\n  directive: '!'\n  values:\n    repo: a/b\nsteps:\n  - cmd: '!repo:1 !!x'\n",
    );
    assert.deepEqual([cmd(step).image, ...cmd(step).args], ["a/b:1", "!x"]);
  });

  it("reads YAML 1.1 as the engine does: yes is true, 010 is 8, a number as user keeps its characters", () => {
    const step = cmd(
      steps("steps:\n  - cmd: x\n    user: 0100\n    detach: yes\n    timeout: 010\n")[0],
    );
    assert.deepEqual([step.user, step.detach, step.timeout], ["0100", true, 8]);
  });

  it("succeeds with nothing to do for an empty file", () => assert.deepEqual(steps(""), []));

  it("counts lines as the file is written, behind comments and templates that vanish", () =>
    refuses(
      "# c\n{{ if false }}\na: 1\n{{ end }}\nsteps:\n  # d\n  - cmd: y\n    zzz: 1\n",
      /line 8: .*"zzz"/,
    ));

  const faults: [what: string, text: string, message: RegExp][] = [
    ["an unknown step property", "steps:\n  - cmd: x\n    foo: 1\n", /line 3: .*property "foo"/],
    ["an unknown task property", "foo: 1\nsteps: []\n", /line 1: .*property "foo"/],
    ["networks", "networks: []\nsteps: []\n", /"networks" is not supported/],
    ["a cache", "steps:\n  - build: .\n    cache: enabled\n", /"cache" is not supported/],
    ["the singular volumeMount", "steps:\n  - cmd: x\n    volumeMount: a\n", /volumeMounts/],
    [
      "alias files",
      "version: v1.1.0\nalias:\n  src: [a]\nsteps: []\n",
      /"alias\.src" is not supported/,
    ],
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
    [
      "an unknown volume",
      "steps:\n  - cmd: x\n    volumeMounts: [{name: v, mountPath: /v}]\n",
      /"v"/,
    ],
    ["broken YAML", 'steps:\n  - cmd: "x\n', /not valid YAML/],
    ["a file that its templates empty", "{{ if false }}x{{ end }}", /nothing is left/],
    ["a task env with a comma", 'env: ["A=1,2"]\nsteps: []\n', /comma/],
    [
      "a secret that is no vault URL",
      "secrets: [{id: a, keyvault: 'http://v/secrets/n'}]\nsteps: []\n",
      /is not https/,
    ],
  ];
  for (const [what, text, message] of faults)
    it(`refuses ${what} by name instead of running something else`, () => refuses(text, message));

  it("says every fault in one line", () => {
    for (const [, text] of faults) {
      try {
        steps(text);
      } catch (error) {
        assert.doesNotMatch((error as Error).message, /[\r\n]/);
      }
    }
  });
});
