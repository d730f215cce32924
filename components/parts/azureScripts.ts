/** The scripts in `azure/`: what azure-native cannot do, on the Azure SDKs. */
import { join, relative } from "node:path";
import * as command from "@pulumi/command";

/**
 * How a command runs one of the scripts with these variables. The folder is told from where the program runs, which is
 * where Pulumi starts the command plugin: an absolute path would be another one in each checkout. What a script prints
 * may be secret, so none of it goes to the log.
 */
export const azureScripts = <Variables>(environment: Variables) => ({
  dir: relative(process.cwd(), join(__dirname, "azure")),
  logging: command.local.Logging.None,
  environment,
});
