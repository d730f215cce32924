/** The changes of a plan by component and app. */
import type { Owner, PlannedChange } from "../pulumi/plan";

export interface PlanGroup {
  /** Absent for what the program has beside its components. */
  owner: Owner | undefined;
  /** The component as a whole comes or goes. */
  whole: "create" | "delete" | undefined;
  /** By name; without components and providers where there is anything else. */
  changes: PlannedChange[];
}

/** In the story's order: from the vault to the apps. */
const order = [
  "gated-imports:index:SecretVault",
  "gated-imports:index:ReferencedArtifacts",
  "gated-imports:index:PublicSimulator",
  "gated-imports:index:BaseArtifacts",
  "gated-imports:index:Registry",
  "gated-imports:index:TeamApp",
];

const rankOf = (owner: Owner | undefined): number => {
  if (!owner) return -1;
  const rank = order.indexOf(owner.type);
  return rank < 0 ? order.length : rank;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What Pulumi keeps for itself: the stack, providers and components are nothing in Azure. */
export const isOwn = ({ type }: PlannedChange): boolean =>
  type.startsWith("pulumi:") || type.startsWith("gated-imports:");

function groupOf(changes: readonly PlannedChange[]): PlanGroup {
  const owner = changes[0]?.owner;
  const component = changes.find(({ type, name }) => type === owner?.type && name === owner.name);
  const inAzure = changes.filter((each) => !isOwn(each));
  const shown = inAzure.length > 0 ? inAzure : changes;
  const operation = component?.operation;
  const whole = operation === "create" || operation === "delete" ? operation : undefined;
  return {
    owner,
    whole: shown.every((each) => each.operation === whole) ? whole : undefined,
    changes: shown.toSorted((a, b) => compare(a.name, b.name) || compare(a.type, b.type)),
  };
}

/** @returns groups in the story's order, none of them empty */
export function groupsOf(changes: readonly PlannedChange[]): PlanGroup[] {
  const groups = new Map<string, PlannedChange[]>();
  for (const change of changes) {
    const key = change.owner ? `${change.owner.type} ${change.owner.name}` : "";
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const all = [...groups.values()].map(groupOf);
  // Providers alone are told only when there is nothing else to tell.
  const worthIt = all.filter((group) => !group.changes.every(isOwn));
  return (worthIt.length > 0 ? worthIt : all).toSorted(
    (a, b) =>
      rankOf(a.owner) - rankOf(b.owner) || compare(a.owner?.name ?? "", b.owner?.name ?? ""),
  );
}
