/** A team's app in a stack of its own. It builds on the base artifacts of the company's stack and on nothing else. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as gated from "../../components";

const config = new pulumi.Config("team-stack");
const location = new pulumi.Config("azure-native").require("location");
const gitToken = config.requireSecret("gitToken");

// The company's stack exports what apps need: where the base images are, and a login that pulls them.
const company = new pulumi.StackReference(config.require("company"));
const forApps = company.requireOutput("forApps") as pulumi.Output<gated.ArtifactsForApps>;

const suffix = new random.RandomString("suffix", { length: 6, upper: false, special: false });
const names = gated.namesOf(config.require("namePrefix"), suffix.result);
const vault = new gated.SecretVault("vault", { vaultName: names.vault, location });
const baseArtifacts = new gated.ReferencedArtifacts("base-artifacts", { forApps, vault });

const app = new gated.TeamApp("shop-window", {
  registry: names.registry("shop-window"),
  containerGroupName: names.containerGroup("shop-window"),
  platform: {
    location,
    vault,
    gitToken,
    registries: { zoneRedundant: false, allowedIpRanges: [] },
    tokens: { validDays: 180 },
    tags: {},
  },
  source: config.require("source"),
  baseImages: [baseArtifacts.image("node")],
  baseArtifacts,
});

export const acrTasks = gated.byName(app.tasks);
export const pageUrl = app.pageUrl;
