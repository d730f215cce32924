// Does not prove that the registry gives a password: the script's request is tried on real parts elsewhere.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { PullToken } from "../../components/parts/pullToken";
import { Registry } from "../../components/parts/registry";
import { declare, type Declared } from "./declare";
import { location, makeVault } from "./fixtures";

const run = promisify(execFile);

describe("PullToken", () => {
  let declared: Declared<PullToken>;
  before(async () => {
    declared = await declare(() => {
      const registry = new Registry("team", { registryName: "team", location });
      return new PullToken("pull", { registry, vault: makeVault(), repository: "my/app" });
    });
  });

  it("names a scope map within Azure's rules, whatever the repository is called", () => {
    const { inputs } = declared.the("ScopeMap", "pull");
    assert.equal(inputs["scopeMapName"], "pull-my-app");
    assert.deepEqual(inputs["actions"], ["repositories/my/app/content/read"]);
  });

  it("never writes a token again, which could wipe its passwords", () => {
    const { ignoreChanges, replaceOnChanges } = declared.the("Token", "pull");
    assert.deepEqual(ignoreChanges, ["credentials"]);
    assert.deepEqual(replaceOnChanges, ["scopeMapId", "status"]);
  });

  it("generates a password for each new token, and for no other reason", () => {
    const { inputs, replaceOnChanges } = declared.the("Command", "pull-password");
    assert.deepEqual(inputs["triggers"], ["2026-01-01T00:00:00Z"]);
    assert.deepEqual(replaceOnChanges, ["triggers[*]"]);
    assert.equal(inputs["update"], 'node -p "process.env.PULUMI_COMMAND_STDOUT"');
  });

  it("keeps the password when the checkout has moved", async () => {
    const update = String(declared.the("Command", "pull-password").inputs["update"]);
    const { stdout } = await run("/bin/sh", ["-c", update], {
      env: { ...process.env, PULUMI_COMMAND_STDOUT: "pass$word+/=" },
    });
    assert.equal(stdout, "pass$word+/=\n");
  });

  it("shows the password to no log, no command line and no plain state", async () => {
    const { inputs, additionalSecretOutputs } = declared.the("Command", "pull-password");
    assert.equal(inputs["logging"], "none");
    assert.deepEqual(additionalSecretOutputs, ["stdout", "stderr"]);
    assert.ok(await pulumi.isSecret(declared.result.password));
  });

  it("finds its script where it says, whatever folder the program was started in", () => {
    const { inputs } = declared.the("Command", "pull-password");
    assert.equal(inputs["create"], "node generateTokenPassword.cjs");
    assert.ok(existsSync(join(String(inputs["dir"]), "generateTokenPassword.cjs")));
  });

  it("fails with one line and prints no password when it was given no token", async () => {
    const script = join(__dirname, "../../components/parts/generateTokenPassword.cjs");
    const failure = await run("node", [script], { env: { PATH: process.env["PATH"] } }).then(
      () => undefined,
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    assert.equal(failure?.code, 1);
    assert.equal(failure?.stdout, "");
    assert.equal(
      failure?.stderr,
      'No password for the registry token: TOKEN_ID is "", not the id of a token\n',
    );
  });
});
