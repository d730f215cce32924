/** Takes the looks at one stack after the other in a process that is led to a local Azure: a start for each takes seconds. */
import { report } from "../../preflight/report";

interface Asked {
  stack: Parameters<typeof report>[0];
  variables: Record<string, string>;
}

process.on("message", ({ stack, variables }: Asked) => {
  const environment = { ...process.env, ...variables };
  // The SDK reads this one for itself.
  const machine = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
  if (variables[machine]) process.env[machine] = variables[machine];
  const lines: string[] = [];
  void report(stack, environment, (line) => lines.push(...line.split("\n"))).then((code) =>
    process.send?.({ code, lines, stderr: "" }),
  );
});
