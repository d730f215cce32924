/** Takes the looks in a process of its own, whose variables lead to where the stack is; the parent sends the stack. */
import { report } from "./report";

process.once("message", (stack: Parameters<typeof report>[0]) => {
  void report(stack, process.env, console.log).then((code) => {
    process.exitCode = code;
    process.disconnect();
  });
});
