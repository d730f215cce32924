/** `node main.js STATE`: the daemon's own process. Says once, to the process that started it, how the start went. */
import { startLocalAzure } from "../azure";
import { runDaemonProcess } from "./daemonProcess";

void runDaemonProcess(process.argv[2] ?? "", startLocalAzure);
