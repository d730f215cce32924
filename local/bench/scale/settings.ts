/** The settings of a company with many apps: five base images, apps of several teams and apps by themselves. */
import type { SettingsChange, StackSettings } from "../../demo/stackSettings";

const baseImageNames = ["node", "python", "golang", "nginx", "debian"];
const teamCount = 5;
/** Of each ten apps this many share registries with their team; the others have their own. */
const sharingOfTen = 8;

const repository = (name: string): string =>
  `https://github.com/importing-public-content/${name}.git#main`;

/** `apps` apps on five base images, so that each app added is like the ones before. */
export function companyWith(apps: number): SettingsChange {
  return (settings): StackSettings => ({
    ...settings,
    baseImages: baseImageNames.map((name) => ({
      name,
      tag: "1",
      source: repository(`base-image-${name}`),
      gate: repository(`import-baseimage-${name}`),
    })),
    apps: Array.from({ length: apps }, (_, index) => ({
      name: `service-${index + 1}`,
      source: repository(`service-${index + 1}`),
      baseImages: [baseImageNames[index % baseImageNames.length] ?? ""],
      ...(index % 10 < sharingOfTen ? { team: `team${(index % teamCount) + 1}` } : {}),
    })),
  });
}
