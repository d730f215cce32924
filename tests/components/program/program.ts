/** The whole program against mocked resources. */
import { createRequire } from "node:module";
import type * as index from "../../../index";
import { declare, type Circumstances, type Declared } from "../declare";

export type Outputs = typeof index;

const config = {
  "azure-native:location": "eastus",
  "gated-imports:dockerHubUser": "hub-user",
  "gated-imports:dockerHubPassword": "hub-password",
  "gated-imports:gitToken": "git-token",
};
const secretKeys = Object.keys(config).filter((key) => key.startsWith("gated-imports:"));
const load = createRequire(__filename);

/**
 * The program afresh, as each `pulumi up` runs it.
 * @param settings by key without the project; anything but text is set as JSON
 */
export function run(
  settings: Record<string, unknown> = {},
  more: Omit<Circumstances, "config"> = {},
): Promise<Declared<Outputs>> {
  const set = Object.entries(settings).map(([key, value]) => [
    `gated-imports:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return declare(
    () => {
      delete load.cache[load.resolve("../../../index")];
      return load("../../../index") as Outputs;
    },
    { ...more, secretKeys, config: { ...config, ...Object.fromEntries(set) } },
  );
}

export const node = {
  name: "node",
  tag: "22-alpine",
  source: "https://github.com/contoso/base-image-node.git#main",
  gate: "https://github.com/contoso/import-baseimage-node.git#main",
};

export const shop = {
  name: "web-shop",
  source: "https://github.com/contoso/web-shop.git#main",
  baseImages: ["node"],
};
