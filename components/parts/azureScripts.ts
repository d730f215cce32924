/** The scripts in `azure/`: what azure-native cannot do, on the Azure SDKs. */
import { isAbsolute, join, relative, resolve } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { signInVariables } from "./signInVariables";

/**
 * How a command runs one of the scripts with these variables. The folder is told from where the program runs, which is
 * where Pulumi starts the command plugin: an absolute path would be another one in each checkout. What a script prints
 * may be secret, so none of it goes to the log.
 *
 * A stack that signs in by `azure-native:*` configuration adds what it has there. Another login then changes the command,
 * and Pulumi runs its `update`: so a script that does something finds in PULUMI_COMMAND_STDOUT what it printed last, and
 * prints that again when the variables that are its own have not changed. And as they are secret, Pulumi takes what is
 * printed for secret too; the caller says what of it is none (`pulumi.unsecret`).
 */
export const azureScripts = <Variables extends Environment>(environment: Variables) => ({
  dir: relative(process.cwd(), scriptFolder),
  logging: command.local.Logging.None,
  environment: { ...configuredSignIn(), ...environment } as Environment,
});

/**
 * Runs one of the scripts now, at each preview and update.
 * @returns what it prints
 */
export async function runScript(
  script: string,
  environment: Record<string, string>,
  opts?: pulumi.InvokeOptions,
): Promise<string> {
  const signIn = Object.fromEntries(
    configured().map(({ key, variable, value }) => [variable, asScriptsSeeIt(key, value)]),
  );
  const { stdout } = await command.local.run(
    {
      command: `node ${script}`,
      // No state keeps it.
      dir: scriptFolder,
      logging: command.local.Logging.None,
      environment: { ...signIn, ...environment },
    },
    opts,
  );
  return stdout;
}

type Environment = Record<string, pulumi.Input<string>>;

const scriptFolder = join(__dirname, "azure");

/** What `azure-native:*` configuration says of signing in. azure-native takes an empty value for none. */
const configured = (): { key: string; variable: string; value: string }[] =>
  Object.entries(signInVariables).flatMap(([key, variable]) => {
    const value = pulumi.runtime.getConfig(`azure-native:${key}`);
    return value ? [{ key, variable, value }] : [];
  });

/** All secret, whatever the stack's file says: one of them is, and no one else has to see the others. */
const configuredSignIn = (): Environment =>
  Object.fromEntries(
    configured().map(({ key, variable, value }) => [
      variable,
      pulumi.secret(asScriptsSeeIt(key, value)),
    ]),
  );

/** A relative path counts from where Pulumi runs, and a script from its own folder. An absolute one is the user's own. */
const asScriptsSeeIt = (key: string, value: string): string =>
  ["clientCertificatePath", "oidcTokenFilePath"].includes(key) && !isAbsolute(value)
    ? relative(scriptFolder, resolve(value))
    : value;
