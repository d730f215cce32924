/** The scripts in `azure/`: what azure-native cannot do, on the Azure SDKs. */
import { join } from "node:path";
import * as command from "@pulumi/command";

/** Where a command finds the scripts. What they print may be secret, so none of it goes to the log. */
export const azureScripts = {
  dir: join(__dirname, "azure"),
  logging: command.local.Logging.None,
};
