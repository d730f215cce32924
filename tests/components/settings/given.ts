/** A configuration that is right, and what the program says to changes of it. */
import { checkSettings } from "../../../settings";
import { describeFaults } from "../../../settings/remedies";
import type { PlainSettings } from "../../../settings/schema";

export const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

export const baseImage = {
  name: "node",
  tag: "22-alpine",
  source: "https://github.com/contoso/base-image-node.git#main",
  gate: "https://github.com/contoso/import-baseimage-node.git#main",
};

export const app = {
  name: "web-shop",
  source: "https://github.com/contoso/web-shop.git#main",
  baseImages: ["node"],
};

type Given = Record<string, unknown>;

export const defaultSource = "https://github.com/importing-public-content/base-image-node.git#main";

/** @returns the settings, given what is set beside the location */
export function accepted(given: Given): PlainSettings {
  const checked = checkSettings({ location: "eastus", ...given });
  if ("settings" in checked) return checked.settings;
  throw new Error(describeFaults(checked.faults));
}

/** @returns the error's lines under its heading, or none */
export function complaints(given: Given): string[] {
  const checked = checkSettings({ location: "eastus", ...given });
  return "settings" in checked ? [] : describeFaults(checked.faults).split("\n").slice(1);
}

/** A complaint as it is printed: the key with what is wrong, and the command below. */
export const complaint = (problem: string, command: string): string[] => [
  `  ${problem}`,
  `    pulumi config ${command}`,
];
