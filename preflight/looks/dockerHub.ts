/** Whether Docker Hub takes the login that base images are pulled with. */
import { fault, ok, type Finding } from "../finding";
import { complaint, type Ask } from "../rest";
import type { Stack } from "../stack";
import { settingCommand } from "./look";

/** Asks for no image's scope, so that it counts against no limit of pulls. */
const address = "https://auth.docker.io/token?service=registry.docker.io";

export async function lookAtDockerHub(
  ask: Ask,
  { user, password, stack }: { user: string; password: string; stack: Stack },
): Promise<Finding> {
  const login = Buffer.from(`${user}:${password}`).toString("base64");
  const reply = await ask(address, { authorization: `Basic ${login}` });
  if (reply.status === 200) return ok("Docker Hub takes the login");
  return fault(
    `Docker Hub refuses the login (${complaint(reply)})`,
    settingCommand(stack, "gated-imports:dockerHubPassword", { secret: true }),
  );
}
