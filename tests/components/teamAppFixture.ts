/** An app with all that it builds on. */
import type { BaseImage } from "../../components/parts/imageSource";
import type { Platform } from "../../components/parts/platform";
import { TeamApp } from "../../components/teamApp";
import { declare, type Circumstances, type Declared } from "./declare";
import { makeBaseArtifacts, makePlatform, makePublicSimulator, node, sourceOf } from "./fixtures";

export interface AppCase {
  gated?: boolean;
  pin?: string;
  /** Digests that base artifacts reject. */
  reject?: string[];
  moreImages?: BaseImage[];
  platform?: Partial<Platform>;
}

export const declareApp = (
  { gated = true, pin, reject = [], moreImages = [], platform: more }: AppCase = {},
  circumstances?: Circumstances,
): Promise<Declared<TeamApp>> =>
  declare(() => {
    const platform = makePlatform(more);
    const publicSimulator = makePublicSimulator(platform);
    return new TeamApp("hello-world", {
      registry: "team",
      containerGroupName: "hello-world-aci",
      platform,
      source: sourceOf("hello-world"),
      baseImages: [node, ...moreImages],
      baseArtifacts: makeBaseArtifacts(platform, publicSimulator, [{ reject }]),
      ungatedFrom: gated ? undefined : publicSimulator,
      pin,
    });
  }, circumstances);
