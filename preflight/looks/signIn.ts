/** Whether somebody is signed in to Azure, who, and to which subscription. */
import { execFile } from "node:child_process";
import { credential } from "../../components/parts/azure/credential.cjs";
import { chooseSignIn, type SignInChoice } from "../../components/parts/azure/signInChoice.cjs";
import { openAzure } from "../azure";
import { fault, ok, type Finding } from "../finding";
import type { Ask } from "../rest";
import { run, type SignedIn } from "./look";

const ways: Record<SignInChoice["kind"], { by: string; mend: string }> = {
  default: { by: "the SDK's default", mend: "see the ways of DefaultAzureCredential" },
  certificate: {
    by: "certificate",
    mend: "check ARM_CLIENT_CERTIFICATE_PATH, ARM_CLIENT_ID and ARM_TENANT_ID, or azure-native:* that say the same",
  },
  secret: {
    by: "client secret",
    mend: "check ARM_CLIENT_SECRET, ARM_CLIENT_ID and ARM_TENANT_ID, or azure-native:* that say the same",
  },
  oidc: { by: "OIDC", mend: "check the application's federated credential and ARM_OIDC_*" },
  managedIdentity: { by: "managed identity", mend: "give this machine an identity" },
  az: { by: "az", mend: run("az login") },
};

export async function lookAtSignIn(
  ask: Ask,
  environment: NodeJS.ProcessEnv,
): Promise<{ finding: Finding; signedIn?: SignedIn }> {
  let choice: SignInChoice;
  try {
    choice = chooseSignIn(environment);
  } catch (error) {
    const [text = "", mend = "see docs/azure.md"] = (error as Error).message.split("; ");
    return { finding: fault(`not signed in: ${text}`, mend) };
  }
  const { by, mend } = ways[choice.kind];
  try {
    const found = credential(environment);
    const token = async (): Promise<string> =>
      (await found.getToken("https://management.azure.com/.default"))?.token ?? "";
    const { oid = "", tid = "", ...names } = claimsOf(await token());
    const subscriptionId = environment["ARM_SUBSCRIPTION_ID"] || (await ofAz(choice, environment));
    if (!subscriptionId)
      return {
        finding: fault("it is not said which subscription", "set ARM_SUBSCRIPTION_ID"),
      };
    const name = names.upn ?? names.unique_name ?? names.app_displayname ?? names.appid ?? oid;
    return {
      finding: ok(`signed in by ${by} as ${name} (object id ${oid}) of tenant ${tid}`),
      signedIn: { azure: openAzure(ask, subscriptionId, token), subscriptionId, objectId: oid },
    };
  } catch (error) {
    return { finding: fault(`not signed in: ${firstLine(error)}`, mend) };
  }
}

interface Claims {
  oid?: string;
  tid?: string;
  upn?: string;
  unique_name?: string;
  app_displayname?: string;
  appid?: string;
}

/** What an access token says of its holder; whether it is true is for Azure to say. */
function claimsOf(token: string): Claims {
  const [, claims = ""] = token.split(".");
  return JSON.parse(Buffer.from(claims, "base64url").toString("utf8") || "{}") as Claims;
}

/** The subscription that az works on; only az has one of its own. */
const ofAz = ({ kind }: SignInChoice, env: NodeJS.ProcessEnv): Promise<string> =>
  kind === "az"
    ? new Promise((resolve) => {
        execFile("az", ["account", "show", "--query", "id", "-o", "tsv"], { env }, (_error, id) =>
          resolve(id.trim()),
        );
      })
    : Promise.resolve("");

/** Of an error's message: the libraries add traces and ids below. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split("\n")[0]
    ?.trim()
    .replace(/\.$/, "") ?? "";
