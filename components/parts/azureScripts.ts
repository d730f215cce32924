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

type Environment = Record<string, pulumi.Input<string>>;

const scriptFolder = join(__dirname, "azure");

/** A path counts from where Pulumi runs, and a script from its own folder. */
const paths = ["clientCertificatePath", "oidcTokenFilePath"];

/** All secret, whatever the stack's file says: one of them is, and no one else has to see the others. */
function configuredSignIn(): Environment {
  const config = new pulumi.Config("azure-native");
  const environment: Environment = {};
  for (const [key, variable] of Object.entries(signInVariables)) {
    // azure-native takes an empty value for none.
    if (!pulumi.runtime.getConfig(`azure-native:${key}`)) continue;
    const value = config.requireSecret(key);
    environment[variable] = paths.includes(key) ? value.apply(fromScripts) : value;
  }
  return environment;
}

/** An absolute path stays as it is: it is the user's own. */
const fromScripts = (path: string): string =>
  isAbsolute(path) ? path : relative(scriptFolder, resolve(path));
