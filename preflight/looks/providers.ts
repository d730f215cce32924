/** Whether the resource providers are registered that the program makes something of. */
import { fault, ok, type Finding } from "../finding";
import { complaint, listAt, textAt, textsAt } from "../rest";
import { run, type SignedIn } from "./look";

export const providersOf = (withAuditLog: boolean): string[] => [
  "Microsoft.ContainerRegistry",
  "Microsoft.ContainerInstance",
  "Microsoft.KeyVault",
  "Microsoft.Authorization",
  ...(withAuditLog ? ["Microsoft.Insights"] : []),
];

/** Regions of resource types, as Azure displays them, by the type's full name. */
export type TypeRegions = ReadonlyMap<string, readonly string[]>;

export async function lookAtProviders(
  { azure }: SignedIn,
  withAuditLog: boolean,
): Promise<{ findings: Finding[]; regions: TypeRegions }> {
  const regions = new Map<string, readonly string[]>();
  const findings = await Promise.all(
    providersOf(withAuditLog).map(async (namespace): Promise<Finding> => {
      const mend = run(`az provider register --wait --namespace ${namespace}`);
      const reply = await azure.get(`/providers/${namespace}`, "provider");
      if (reply.status !== 200)
        return fault(`resource provider ${namespace}: ${complaint(reply)}`, mend);
      for (const type of listAt(reply.body, "resourceTypes"))
        regions.set(`${namespace}/${textAt(type, "resourceType")}`, textsAt(type, "locations"));
      const state = textAt(reply.body, "registrationState");
      return state === "Registered"
        ? ok(`resource provider ${namespace} is registered`)
        : fault(`resource provider ${namespace} is ${state}`, mend);
    }),
  );
  return { findings, regions };
}
