/** Commands in the program's and Azure's messages, as they read on this machine. */
import { withLogCommand } from "./runLogs";

/** An error of the program that advises a Pulumi or az command, with the command of this command line. */
export function withLocalRemedies(message: string): string {
  return withLogCommand(message.replace(/\bpulumi up\b( --refresh)?/g, "npm run local -- up$1"));
}
