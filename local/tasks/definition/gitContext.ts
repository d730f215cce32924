/** The context of a task: `https://github.com/OWNER/NAME.git#branch:folder`. */
import { TaskFileError } from "./taskFileError";
import type { GitContext } from "./types";

const form = "https://HOST/OWNER/NAME.git#BRANCH:FOLDER";
const fail = (cause: string): TaskFileError => new TaskFileError("context", cause);

/** `undefined` for `/dev/null`, a task without a source. @throws TaskFileError; never quotes a credential. */
export function gitContextOf(contextPath: string): GitContext | undefined {
  const text = contextPath.trim();
  if (text === "/dev/null") return undefined;
  if (text === "") throw fail(`is empty; give a git URL: ${form}`);
  const hash = text.indexOf("#");
  const address = hash < 0 ? text : text.slice(0, hash);
  const fragment = hash < 0 ? "" : text.slice(hash + 1);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== "https:")
    throw fail(`is not an https git URL; only ${form} is supported by the local Azure`);
  if (url.username !== "" || url.password !== "")
    throw fail("holds a credential; give the token as the task's contextAccessToken instead");
  if (url.search !== "") throw fail(`${address} has a query; write ${form}`);
  const path = url.pathname.replace(/\/+$/, "").replace(/\.git$/, "");
  if (!/^\/[\w.-]+\/[\w.-]+$/.test(path))
    throw fail(`${address} names no repository; write ${form}`);

  const colon = fragment.indexOf(":");
  const ref = colon < 0 ? fragment : fragment.slice(0, colon);
  const folder = (colon < 0 ? "" : fragment.slice(colon + 1)).replace(/^\/+|\/+$/g, "");
  // These go to git and to the file system: nothing that reads as an option or leads out of the clone.
  if (ref !== "" && (!/^[\w][\w./-]*$/.test(ref) || ref.includes("..")))
    throw fail(`${JSON.stringify(ref)} is not the name of a branch, a tag or a commit`);
  if (folder.split("/").includes("..")) throw fail(`folder ${folder} leads out of the repository`);
  return {
    url: `https://${url.host}${path}.git`,
    ...(ref === "" ? {} : { ref }),
    ...(folder === "" || folder === "." ? {} : { folder }),
  };
}
