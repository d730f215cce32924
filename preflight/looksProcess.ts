/** Takes the looks in a process of its own, whose variables lead to where the stack is; the parent sends the stack. */
import { describe, isReady, summary } from "./finding";
import { lookAtAll } from "./looks";

process.once("message", (stack: Parameters<typeof lookAtAll>[0]) => {
  void lookAtAll(stack, process.env, (finding) => console.log(describe(finding))).then(
    (findings) => {
      console.log(`\n${summary(findings)}`);
      if (!isReady(findings) && stack.local)
        console.log('az needs its variables here: eval "$(npm run --silent local -- env)"');
      process.exitCode = isReady(findings) ? 0 : 1;
      process.disconnect();
    },
  );
});
