/** The stack's outputs, as the story uses them: one base image from a simulated public registry, and one app. */
import type { Output } from "../pulumi/stack";

export type Role = "public" | "baseArtifacts" | "team";

export interface StackOutputs {
  loginServers: Record<Role, string>;
  taskNames: Record<Role, string>;
  firstRunIds: Record<Role, string>;
  pageUrl: string;
  vaultName: string;
}

interface TaskOutput {
  registry: string;
  armedBy: string;
}

/** @throws Error when the program does not give the outputs that the story reads */
export function readOutputs(outputs: Record<string, Output>): StackOutputs {
  const { acrTasks, pageUrls, keyVaultName } = Object.fromEntries(
    ["acrTasks", "pageUrls", "keyVaultName"].map((name) => {
      const output = outputs[name];
      if (output) return [name, output.value];
      throw new Error(`the stack has no output ${name}`);
    }),
  ) as {
    acrTasks: Record<string, TaskOutput>;
    pageUrls: Record<string, string>;
    keyVaultName: string;
  };
  const [[app, pageUrl] = ["", ""]] = Object.entries(pageUrls);
  const names = Object.keys(acrTasks);
  const taskNames = {
    public: names.find((name) => name.endsWith("-public")) ?? "",
    baseArtifacts: names.find((name) => name.startsWith("base-import-")) ?? "",
    team: app,
  };
  const ofEach = (value: (task: TaskOutput) => string): Record<Role, string> => {
    const of = (role: Role): string => {
      const task = acrTasks[taskNames[role]];
      if (task) return value(task);
      throw new Error(`the stack has no task of the ${role} registry`);
    };
    return { public: of("public"), baseArtifacts: of("baseArtifacts"), team: of("team") };
  };
  return {
    taskNames,
    loginServers: ofEach(({ registry }) => `${registry}.azurecr.io`),
    firstRunIds: ofEach(({ armedBy }) => armedBy),
    pageUrl,
    vaultName: keyVaultName,
  };
}
