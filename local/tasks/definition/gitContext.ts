/** Takes a task's contextPath apart: `https://HOST/OWNER/NAME.git#REF:FOLDER`. */
import { TaskFileError } from "./taskFileError";
import type { GitContext } from "./types";

/** `undefined` for `/dev/null`, the context of a task without source. @throws TaskFileError for anything else. */
export function gitContextOf(contextPath: string): GitContext | undefined {
  if (contextPath === "/dev/null") return undefined;
  const [, url, ref = "", folder = ""] =
    /^(https:\/\/[^\s#/]+\/[^\s#]+?)(?:#([^\s:]*)(?::(\S*))?)?$/.exec(contextPath) ?? [];
  if (url === undefined)
    throw new TaskFileError(
      "context",
      `"${contextPath}" is not supported by the local Azure; use https://HOST/OWNER/NAME.git#BRANCH`,
    );
  return {
    url,
    ...(ref === "" ? {} : { ref }),
    ...(folder === "" ? {} : { folder }),
  };
}
