// Does not prove that the scripts do their work on Azure: they are tried on real parts elsewhere.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../../components/parts/azure");

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a script with these variables and no others. */
function run(script: string, variables: Record<string, string>): Promise<Ended> {
  const env = { PATH: process.env["PATH"], NODE_V8_COVERAGE: process.env["NODE_V8_COVERAGE"] };
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...env, ...variables } };
    const child = execFile(process.execPath, [script], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
    child.stdin?.end();
  });
}

const secret = "a-client-secret";
/** A service principal and a proxy that lead nowhere: nothing here may reach a network. */
const nowhere = {
  ARM_TENANT_ID: "11111111-1111-1111-1111-111111111111",
  ARM_CLIENT_ID: "22222222-2222-2222-2222-222222222222",
  ARM_CLIENT_SECRET: secret,
  HTTPS_PROXY: "http://127.0.0.1:1",
};
const last = {
  generation: "2026-05-01",
  token: "today",
  slot: "password1",
  issued: "then",
  value: "pass$+/=",
};

const refusals: [script: string, what: string, variables: Record<string, string>, error: RegExp][] =
  [
    [
      "tokenPassword.cjs",
      "nothing",
      {},
      /^No password for the registry token: undefined is not the id of something in a registry\n$/,
    ],
    [
      "tokenPassword.cjs",
      "something else's id, beside another generation's password",
      {
        ...nowhere,
        TOKEN_ID: "/subscriptions/s",
        GENERATION: "next",
        PULUMI_COMMAND_STDOUT: JSON.stringify(last),
      },
      /^No password for the registry token: "\/subscriptions\/s" is not the id of something in a registry\n$/,
    ],
    [
      "tokenPassword.cjs",
      "no vault for a password that is stored again, which is no reason to issue another",
      {
        ...nowhere,
        TOKEN_ID: "no id",
        TOKEN_CREATED: last.token,
        GENERATION: last.generation,
        PULUMI_COMMAND_STDOUT: JSON.stringify(last),
      },
      /^No password for the registry token: undefined is not the id of a key vault\n$/,
    ],
    [
      "tokenPassword.cjs",
      "another token of that name, whose password cannot be the last one's",
      {
        ...nowhere,
        TOKEN_ID: "no id",
        TOKEN_CREATED: "tomorrow",
        GENERATION: last.generation,
        PULUMI_COMMAND_STDOUT: JSON.stringify(last),
      },
      /^No password for the registry token: "no id" is not the id of something in a registry\n$/,
    ],
    [
      "vaultSecret.cjs",
      "no vault",
      { ...nowhere, SECRET_NAME: "github-token" },
      /^No secret github-token in the vault: undefined is not the id of a key vault\n$/,
    ],
    [
      "accessPolicy.cjs",
      "something else's id",
      { ...nowhere, VAULT_ID: "/subscriptions/s" },
      /^The access policy is still there: "\/subscriptions\/s" is not the id of a key vault\n$/,
    ],
    [
      "deletedVault.cjs",
      "no location",
      { ...nowhere, SUBSCRIPTION: "s", VAULT: "v" },
      /^Whether there is a deleted vault of that name is not known: .+\n$/,
    ],
    [
      "promotedImage.cjs",
      "no repository",
      { ...nowhere, TAG: "22" },
      /^No promoted image to go back to: .+\n$/,
    ],
    [
      "firstRun.cjs",
      "something else's id",
      { ...nowhere, TASK_ID: "/subscriptions/s" },
      /^Task s: "\/subscriptions\/s" is not the id of something in a registry\n$/,
    ],
    ["pinnedImage.cjs", "no registry", { ...nowhere, TAG: "22-gc1" }, /^Pin 22-gc1: .+\n$/],
    [
      "firstRun.cjs",
      "nothing",
      {},
      /^Task : undefined is not the id of something in a registry\n$/,
    ],
  ];

describe("the scripts that ask Azure", () => {
  // Each starts a process of its own, which takes a while, so they all run at once.
  let ended: Ended[];
  before(async () => {
    ended = await Promise.all(refusals.map(([script, , variables]) => run(script, variables)));
  });

  refusals.forEach(([script, what, , error], index) =>
    it(`tell in one line, without a secret, what is wrong: ${script} with ${what}`, () => {
      const { code, stdout, stderr } = ended[index] ?? assert.fail();
      assert.match(stderr, error);
      assert.equal(stdout, "", "Pulumi would take it for an answer");
      assert.equal(code, 1);
      for (const one of [secret, last.value]) assert.ok(!stderr.includes(one));
    }),
  );

  it("are all tried here", () => {
    const shared = ["credential", "keyVault", "madeImage", "runLog", "signIn", "signInChoice"];
    const tried = refusals.map(([script]) => script);
    const scripts = new Set([...tried, ...shared.map((name) => `${name}.cjs`)]);
    const found = readdirSync(folder).filter((name) => name.endsWith(".cjs"));
    assert.deepEqual(found.sort(), [...scripts].sort());
  });
});
