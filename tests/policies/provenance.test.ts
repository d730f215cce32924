// Does not prove that a Dockerfile heeds REGISTRY_FROM_URL: the rule follows what the task is told.
import assert from "node:assert/strict";
import { appBuildsOnBaseArtifacts } from "../../policies/provenance";
import {
  judgeStack,
  unknown,
  unknownBag,
  unknownList,
  type StackSubject,
  type Verdict,
} from "./harness";

const component = (name: string): string => `gated-imports:index:${name}`;
const base = "contosobaseartifactsabc123.azurecr.io";
const open = "contosopublicabc123.azurecr.io";

const registry = (name: string, loginServer: string, within?: string): StackSubject => ({
  type: "containerregistry:Registry",
  name,
  within: within ? [component(within), component("Registry")] : [],
  props: { loginServer },
});
const task = (name: string, from: string, more: Partial<StackSubject> = {}): StackSubject => ({
  type: "containerregistry:Task",
  name,
  props: {
    step: { values: [{ name: "REGISTRY_FROM_URL", value: from && `${from}/` }] },
    credentials: { customRegistries: from ? { [from]: {} } : {} },
  },
  ...more,
});

/** What the program declares. */
const article = (app: StackSubject[]): StackSubject[] => [
  registry("public", open, "PublicSimulator"),
  registry("base-artifacts", base, "BaseArtifacts"),
  registry("hello-world-registry", "contosoteamabc123.azurecr.io", "TeamApp"),
  task("node-public", "docker.io", { within: [component("PublicSimulator")] }),
  task("base-import-node", open, { within: [component("BaseArtifacts")] }),
  ...app,
];
const inTeamApp = { within: [component("TeamApp"), component("RegistryTask")] };
const judge = (app: StackSubject[], config = {}): Promise<Verdict> =>
  judgeStack(appBuildsOnBaseArtifacts, article(app), config);
const judgeApp = (from: string, config = {}): Promise<Verdict> =>
  judge([task("hello-world", from, inTeamApp)], config);

const known = `base-artifacts is ${base}`;
const complaints = (from: string, why = known): string[] => [
  `[hello-world] hello-world: builds from ${from} (step REGISTRY_FROM_URL); ${why}`,
  `[hello-world] hello-world: signs in to ${from} (credentials); ${why}`,
];

describe("app-builds-on-base-artifacts", () => {
  it("lets the gated app pass, and the tasks that import and simulate", async () => {
    assert.deepEqual(await judgeApp(base), { violations: [] });
    assert.deepEqual(await judgeApp(base.toUpperCase()), { violations: [] });
  });

  it("finds the article's ungated app, by its value and by its login", async () => {
    assert.deepEqual(await judgeApp(open), { violations: complaints(open) });
  });

  it("finds an app that builds on Docker Hub, however that is written", async () => {
    const values = ["", "docker.io/", "https://docker.io/", "library/"];
    for (const value of values) {
      const step = { values: [{ name: "REGISTRY_FROM_URL", value }] };
      assert.deepEqual(
        await judge([{ ...task("hello-world", base, inTeamApp), props: { step } }]),
        {
          violations: complaints("docker.io").slice(0, 1),
        },
      );
    }
  });

  it("finds a build argument, and a task that names no registry and so builds on Docker Hub", async () => {
    const withStep = (step: unknown): StackSubject => ({
      ...task("hello-world", base, inTeamApp),
      props: { step },
    });
    const build = { arguments: [{ name: "REGISTRY_FROM_URL", value: "quay.io/" }, {}] };
    assert.deepEqual(await judge([withStep(build)]), {
      violations: complaints("quay.io").slice(0, 1),
    });
    for (const step of [{ values: [{ name: "TAG", value: "22" }] }, undefined])
      assert.deepEqual(await judge([withStep(step)]), {
        violations: [
          `[hello-world] hello-world: builds from docker.io (step has no REGISTRY_FROM_URL); ${known}`,
        ],
      });
  });

  describe("in a stack without the components", () => {
    const judgeNames = (subjects: StackSubject[], config = {}): Promise<Verdict> =>
      judgeStack(appBuildsOnBaseArtifacts, subjects, config);
    const imports = [
      registry("trusted", base),
      task("base-import-node", open, { from: { registryName: ["trusted"] } }),
      task("node-public", "docker.io"),
    ];

    it("knows base-artifacts by the task that imports into it", async () => {
      assert.deepEqual(await judgeNames([...imports, task("hello-world", base)]), {
        violations: [],
      });
      assert.deepEqual(await judgeNames([...imports, task("hello-world", open)]), {
        violations: complaints(open),
      });
    });

    it("can be told what importing and simulating tasks are called", async () => {
      const config = { importTasks: ["gate-*"], simulatorTasks: ["upstream"] };
      const subjects = [
        registry("trusted", base),
        task("gate-node", open, { from: { registryName: ["trusted"] } }),
        task("upstream", "docker.io"),
        task("hello-world", base),
      ];
      assert.deepEqual(await judgeNames(subjects, config), { violations: [] });
      assert.equal((await judgeNames(subjects)).violations.length, 6);
    });

    it("asks a stack that holds only apps for the name of base-artifacts", async () => {
      assert.deepEqual(await judgeNames([task("hello-world", base)]), {
        violations: complaints(
          base,
          "base-artifacts is not in this stack; name its login server in the setting baseArtifacts",
        ),
      });
      const config = { baseArtifacts: ["contosobaseartifacts*.azurecr.io"] };
      assert.deepEqual(await judgeNames([task("hello-world", base)], config), { violations: [] });
      assert.deepEqual(await judgeNames([task("hello-world", open)], config), {
        violations: complaints(open, "base-artifacts is contosobaseartifacts*.azurecr.io"),
      });
    });
  });

  it("takes another stack's base-artifacts from the component that refers to it", async () => {
    const reference = {
      type: component("ReferencedArtifacts"),
      name: "platform",
      props: { loginServer: base },
    };
    const judgeReferring = (from: string, loginServer = base): Promise<Verdict> =>
      judgeStack(appBuildsOnBaseArtifacts, [
        { ...reference, props: { loginServer } },
        task("hello-world", from, inTeamApp),
      ]);
    assert.deepEqual(await judgeReferring(base), { violations: [] });
    assert.deepEqual(await judgeReferring(open), { violations: complaints(open) });
    assert.deepEqual(await judgeReferring(base, unknown), {
      violations: [],
      unknown: "loginServer",
    });
  });

  it("does not take an app for an import because of its name", async () => {
    for (const name of ["base-import-app", "shop-public"])
      assert.equal((await judge([task(name, open, inTeamApp)])).violations.length, 2, name);
  });

  it("counts the innermost component", async () => {
    const nested = { within: [component("BaseArtifacts"), component("TeamApp")] };
    assert.equal((await judge([task("hello-world", open, nested)])).violations.length, 2);
  });

  it("trusts listed registries alone once there is a list", async () => {
    const config = { baseArtifacts: ["other.azurecr.io"] };
    assert.deepEqual(await judgeApp(base, config), {
      violations: complaints(base, "base-artifacts is other.azurecr.io"),
    });
  });

  it("leaves an exempt task alone, and can be told of another value", async () => {
    assert.deepEqual(await judgeApp(open, { exempt: ["hello-*"] }), { violations: [] });
    const step = { values: [{ name: "BASE", value: open }] };
    const app = { ...task("hello-world", base, inTeamApp), props: { step } };
    assert.deepEqual(await judge([app], { registryValues: ["BASE"] }), {
      violations: [`[hello-world] hello-world: builds from ${open} (step BASE); ${known}`],
    });
  });

  describe("before the first update, when login servers are unknown", () => {
    const registries = [
      registry("public", unknown, "PublicSimulator"),
      registry("base-artifacts", unknown, "BaseArtifacts"),
      registry("team", unknown, "TeamApp"),
    ];
    const unknownTask = (
      step: string[],
      credentials: string[] = step,
      props: Record<string, unknown> = {
        step: { values: [{ name: "REGISTRY_FROM_URL", value: unknown }] },
        credentials: { customRegistries: unknownBag },
      },
    ): StackSubject => ({
      type: "containerregistry:Task",
      name: "hello-world",
      ...inTeamApp,
      props,
      from: { registryName: ["team"], step, credentials },
    });
    const judgeUnknown = (app: StackSubject, config = {}): Promise<Verdict> =>
      judgeStack(appBuildsOnBaseArtifacts, [...registries, app], config);

    it("lets an app pass whose values are made from base-artifacts", async () => {
      assert.deepEqual(await judgeUnknown(unknownTask(["base-artifacts", "team"])), {
        violations: [],
      });
    });

    it("finds the ungated app by the registry that its values are made from", async () => {
      const why = "base-artifacts is registry base-artifacts of this stack";
      assert.deepEqual(await judgeUnknown(unknownTask(["public", "team"])), {
        violations: [
          `[hello-world] hello-world: builds from registry public (step); ${why}`,
          `[hello-world] hello-world: signs in to registry public (credentials); ${why}`,
        ],
      });
    });

    it("does not guess where values are made from both, or from another stack", async () => {
      for (const from of [["public", "base-artifacts"], ["team"], []])
        assert.deepEqual(await judgeUnknown(unknownTask(from)), {
          violations: [],
          unknown: "step.values.0.value",
        });
      const whole = { step: { values: unknownList }, credentials: unknownBag };
      assert.deepEqual(await judgeUnknown(unknownTask([], [], whole)), {
        violations: [],
        unknown: "step.values",
      });
    });

    it("finds a known foreign registry, but waits with a name that base-artifacts may get", async () => {
      const knownTask = (from: string): StackSubject => ({
        ...task("hello-world", from, inTeamApp),
        from: {},
      });
      assert.deepEqual(await judgeUnknown(knownTask("quay.io")), {
        violations: complaints(
          "quay.io",
          "base-artifacts is registry base-artifacts of this stack",
        ),
      });
      assert.deepEqual(await judgeUnknown(knownTask(base)), {
        violations: [],
        unknown: "loginServer",
      });
    });

    it("does not guess whether an unnamed registry will be a listed one", async () => {
      const config = { baseArtifacts: [base] };
      assert.deepEqual(await judgeUnknown(unknownTask(["base-artifacts"]), config), {
        violations: [],
        unknown: "loginServer",
      });
      const named = [registry("base-artifacts", base), registry("team", unknown)];
      assert.deepEqual(
        await judgeStack(
          appBuildsOnBaseArtifacts,
          [...named, unknownTask(["base-artifacts"])],
          config,
        ),
        { violations: [] },
      );
    });

    it("finds one app beside another that cannot be judged yet", async () => {
      const other = { ...task("other", "quay.io", inTeamApp), from: {} };
      const verdict = await judgeStack(appBuildsOnBaseArtifacts, [
        ...registries,
        unknownTask([]),
        other,
      ]);
      assert.equal(verdict.violations.length, 2);
      assert.equal(verdict.unknown, "step.values.0.value");
    });
  });
});
