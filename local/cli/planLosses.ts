/** What a plan takes away that no later `up` brings back. */
import type { PlannedChange } from "../pulumi/plan";

type Loss = (change: PlannedChange, done: string) => string;

const inAzure = ({ azureName, name }: PlannedChange): string => azureName ?? name;

const ofApp = ({ owner }: PlannedChange): string => (owner ? ` of ${owner.name}` : "");

/** By type token; `done` is "deleted" or "replaced". */
const losses: Record<string, Loss> = {
  "azure-native:containerregistry:Registry": (change, done) =>
    `registry ${inAzure(change)} is ${done}: its images go with it`,
  "azure-native:containerinstance:ContainerGroup": (change, done) =>
    done === "replaced"
      ? `the page${ofApp(change)} gets another address: container group ${inAzure(change)} is replaced`
      : `the page${ofApp(change)} goes: container group ${inAzure(change)} is deleted`,
  "azure-native:keyvault:Vault": (change, done) =>
    `vault ${inAzure(change)} is ${done}: its secrets go with it, and its name stays taken while it is soft-deleted`,
  "gated-imports:index:TeamApp": ({ name }) => `app ${name} is removed`,
};

const done: Record<string, string> = { delete: "deleted", replace: "replaced" };

/** One line each; apps first. */
export function lossesOf(changes: readonly PlannedChange[]): string[] {
  const found = changes.flatMap((change) => {
    const word = done[change.operation];
    const loss = losses[change.type];
    return word && loss ? [loss(change, word)] : [];
  });
  return found.toSorted((a, b) => (a < b ? -1 : 1));
}
