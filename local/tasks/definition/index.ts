/**
 * From the text of an acr-task.yaml to a checked plan: pure functions, all of which throw
 * `TaskFileError` with the file, the line where it is known, and the cause in one line.
 */
export { baseImagesOf } from "./dependencies";
export { gitContextOf } from "./gitContext";
export { imageReferenceOf, imageText } from "./imageReference";
export { planOf, secretsOf } from "./plan";
export { TaskFileError } from "./taskFileError";
export * from "./types";
