/** Whether the tasks' repositories are there, and the token is good for reading them and for their webhooks. */
import { fault, ok, open, type Finding } from "../finding";
import { complaint, objectAt, textAt, type Ask, type Reply } from "../rest";
import type { Stack } from "../stack";
import { settingCommand, type Settled } from "./look";

const host = "https://api.github.com";
const taskFile = "acr-task.yaml";

/** Scopes any of which lets a classic token manage webhooks, and read. */
const hookScopes = ["repo", "public_repo", "admin:repo_hook", "write:repo_hook"];
const readScopes = ["repo", "public_repo"];

const giveScopes = "give it repo and admin:repo_hook at https://github.com/settings/tokens";

export async function lookAtRepositories(
  ask: Ask,
  { settled: { settings, gitToken }, stack }: { settled: Settled; stack: Stack },
): Promise<Finding[]> {
  const get = (path: string): Promise<Reply> =>
    ask(`${host}${path}`, { authorization: `Bearer ${gitToken}` });
  const sources = new Set([
    ...settings.simulatedImages.map(({ source }) => source),
    ...settings.baseImages.map(({ gate }) => gate),
    ...settings.apps.map(({ source }) => source),
  ]);
  const { finding, refused, classic } = await lookAtToken(get, stack);
  if (refused)
    return [finding, ...[...sources].map((source) => open(source, "as the git token is no good"))];
  const found = [...sources].map((source) => lookAtRepository(get, { source, classic }));
  return [finding, ...(await Promise.all(found))];
}

type Get = (path: string) => Promise<Reply>;

async function lookAtToken(
  get: Get,
  stack: Stack,
): Promise<{ finding: Finding; refused: boolean; classic: boolean }> {
  const reply = await get("/user");
  if (reply.status === 401) {
    const mend = settingCommand(stack, "gated-imports:gitToken", { secret: true });
    const text = `GitHub refuses the git token (${complaint(reply)})`;
    return { finding: fault(text, mend), refused: true, classic: false };
  }
  const told = reply.header("x-oauth-scopes");
  const login = textAt(reply.body, "login") || "an app";
  if (told === undefined)
    return {
      finding: ok(
        `the git token is one of ${login}, fine-grained: that it may write webhooks is told by the first up alone`,
      ),
      refused: false,
      classic: false,
    };
  const scopes = told.split(",").map((scope) => scope.trim());
  const lacks = [readScopes, hookScopes].some(
    (enough) => !enough.some((one) => scopes.includes(one)),
  );
  const text = `the git token of ${login} has the scopes ${told || "of none"}`;
  return {
    finding: lacks
      ? fault(`${text}, not enough to read repositories and manage their webhooks`, giveScopes)
      : ok(`${text}: enough for repositories and webhooks`),
    refused: false,
    classic: true,
  };
}

async function lookAtRepository(
  get: Get,
  { source, classic }: { source: string; classic: boolean },
): Promise<Finding> {
  const [, owner, name, branch = ""] =
    /^https:\/\/github\.com\/([^/]+)\/([^/]+?)(?:\.git)?#([^:]+)/i.exec(source) ?? [];
  if (owner === undefined || name === undefined)
    return fault(`${source} is not on github.com`, "tasks take commits of github.com: move it");

  const path = `/repos/${owner}/${name}`;
  const repository = await get(path);
  if (repository.status !== 200)
    return fault(
      `${source}: the git token sees no repository ${owner}/${name} (${complaint(repository)})`,
      "make it (docs/azure.md, Fork the sources) or give the token access to it",
    );
  const tip = await get(`${path}/branches/${branch.split("/").map(encodeURIComponent).join("/")}`);
  if (tip.status !== 200)
    return fault(
      `${source}: there is no branch ${branch} (${complaint(tip)})`,
      `run in the repository: git push origin HEAD:refs/heads/${branch}`,
    );
  const file = await get(`${path}/contents/${taskFile}?ref=${encodeURIComponent(branch)}`);
  if (file.status !== 200)
    return fault(
      `${source}: there is no ${taskFile} at its top (${complaint(file)})`,
      `commit one; the folders of sources/ have examples`,
    );
  const owns = objectAt(repository.body, "permissions")["admin"] === true;
  const hooks = await get(`${path}/hooks`);
  if (hooks.status !== 200)
    return fault(
      `${source}: its webhooks are closed to the git token (${complaint(hooks)})`,
      classic
        ? owns
          ? giveScopes
          : `make the token's owner an administrator of ${owner}/${name}`
        : "let it read and write Webhooks at https://github.com/settings/personal-access-tokens",
    );
  return ok(`${source}: branch, ${taskFile} and webhooks`);
}
