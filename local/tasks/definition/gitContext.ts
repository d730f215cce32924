/** Takes a task's contextPath apart: `https://HOST/OWNER/NAME.git#REF:FOLDER`. */
import { TaskFileError } from "./taskFileError";
import type { GitContext } from "./types";

/**
 * `undefined` for `/dev/null`, the context of a task without source.
 * @throws TaskFileError for what is neither that nor an https URL.
 */
export function gitContextOf(contextPath: string): GitContext | undefined {
  if (contextPath === "/dev/null") return undefined;
  if (/^[a-z+]+:\/\/[^/]*@/i.test(contextPath))
    throw new TaskFileError(
      "context",
      "the URL holds a login; take it out and give the task a contextAccessToken",
    );
  const [, url, ref = "", folder = ""] =
    /^(https:\/\/[^\s#/]+\/[^\s#]+?)(?:#([^\s:]*)(?::(\S*))?)?$/.exec(contextPath) ?? [];
  if (url === undefined)
    throw new TaskFileError(
      "context",
      `"${contextPath}" is not supported by the local Azure; ` +
        "use https://HOST/OWNER/NAME.git#BRANCH",
    );
  // git would take it for an option.
  if (ref.startsWith("-")) throw new TaskFileError("context", `"${ref}" is no branch`);
  return {
    url,
    ...(ref === "" ? {} : { ref }),
    ...(folder === "" ? {} : { folder }),
  };
}
