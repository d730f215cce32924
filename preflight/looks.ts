/** All looks, in the order in which they are told. Each is taken, whatever the others found. */
import { signInEnvironment } from "../components/parts/signInVariables";
import { fault, open, type Finding } from "./finding";
import { lookAtDockerHub } from "./looks/dockerHub";
import type { Settled, SignedIn } from "./looks/look";
import { lookAtNames } from "./looks/names";
import { lookAtProviders, type TypeRegions } from "./looks/providers";
import { lookAtRegion } from "./looks/region";
import { lookAtRepositories } from "./looks/repositories";
import { lookAtRights } from "./looks/rights";
import { lookAtSettings } from "./looks/settings";
import { lookAtSignIn } from "./looks/signIn";
import { lookAtSubscription } from "./looks/subscription";
import { openRest } from "./rest";
import type { Stack } from "./stack";

/** A stack that could not be read: what Pulumi said, and what mends it. */
export interface Unread {
  problem: string;
  mend: string;
}

/**
 * @param tell hears each finding as soon as those before it are told
 * @returns all findings
 */
export async function lookAtAll(
  stack: Stack | (Pick<Stack, "name" | "local"> & Unread),
  environment: NodeJS.ProcessEnv,
  tell: (finding: Finding) => void,
): Promise<Finding[]> {
  const told: Finding[] = [];
  const add = (...findings: Finding[]): void => {
    told.push(...findings);
    findings.forEach(tell);
  };
  /** A service that cannot be reached is a fault of one look, not the end of all. */
  const look = async (what: string, work: () => Promise<Finding | Finding[]>): Promise<void> => {
    try {
      add(...[await work()].flat());
    } catch (error) {
      add(fault(`${what}: ${(error as Error).message.split("\n")[0]}`, "check the network"));
    }
  };
  const ask = openRest();

  let settled: Settled | undefined;
  if ("problem" in stack) add(fault(`stack ${stack.name}: ${stack.problem}`, stack.mend));
  else {
    const found = lookAtSettings(stack);
    add(...found.findings);
    settled = found.settled;
  }
  const config = "problem" in stack ? {} : stack.config;
  const readable: Stack = "problem" in stack ? { ...stack, config, made: [] } : stack;

  let signedIn: SignedIn | undefined;
  let regions: TypeRegions = new Map();
  await look("signed in", async () => {
    const found = await lookAtSignIn(ask, { ...environment, ...signInEnvironment(texts(config)) });
    signedIn = found.signedIn;
    return found.finding;
  });
  await look("subscription", async () => {
    if (!signedIn) return open("subscription", "as nobody is signed in");
    const { finding, usable } = await lookAtSubscription(signedIn);
    if (!usable) signedIn = undefined;
    return finding;
  });
  const withAuditLog = settled?.settings.vault.logAnalyticsWorkspace !== undefined;
  const closed = "as there is no subscription to look at";
  await look("resource providers", async () => {
    if (!signedIn) return open("resource providers", closed);
    const found = await lookAtProviders(signedIn, withAuditLog);
    regions = found.regions;
    return found.findings;
  });
  await look("rights", async () => {
    if (!signedIn) return open("rights", closed);
    const { apps, vault } = settled?.settings ?? {};
    const withRoles = apps === undefined || apps.length > 0 || vault?.rbac === true;
    return lookAtRights(signedIn, { withAuditLog, withRoles });
  });
  const unsettled = "as the settings are not in order";
  await look("region", async () => {
    if (!signedIn || !settled) return open("region", signedIn ? unsettled : closed);
    const { location } = settled.settings;
    return lookAtRegion(signedIn, { location, stack: readable, regions });
  });
  await look("names", async () => {
    if (!signedIn || !settled) return open("names", signedIn ? unsettled : closed);
    return lookAtNames(signedIn, { settings: settled.settings, stack: readable });
  });
  await look("git repositories", async () =>
    settled
      ? lookAtRepositories(ask, { settled, stack: readable })
      : open("git token and repositories", unsettled),
  );
  await look("Docker Hub", async () => {
    if (!settled) return open("Docker Hub", unsettled);
    return settled.dockerHub ? lookAtDockerHub(ask, { ...settled.dockerHub, stack: readable }) : [];
  });
  return told;
}

/** azure-native's settings by their short names, as text. */
const texts = (config: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("azure-native:") && value !== undefined
        ? [
            [
              key.slice("azure-native:".length),
              typeof value === "string" ? value : JSON.stringify(value),
            ],
          ]
        : [],
    ),
  );
