/** The resource providers of the subscription: what types they have, and whether they are registered. */
import type { ResourceStore } from "../../contracts/resources";
import { apiVersions, providerType } from "../apiVersions";
import { refuse } from "../errors";
import { regions } from "./locations";

/** Providers that every subscription has, whatever anybody does. */
const alwaysThere = ["Microsoft.Authorization", "Microsoft.Resources"];

const namespaces = [...new Set(Object.keys(apiVersions).map((type) => type.split("/")[0] ?? ""))];

/** A namespace as Azure writes it. @throws ArmError for one that is not served */
function known(namespace: string): string {
  const found = namespaces.find((name) => name.toLowerCase() === namespace.toLowerCase());
  if (found === undefined) throw refuse("InvalidResourceNamespace", namespace);
  return found;
}

const idOf = (scope: string, namespace: string): string => `${scope}/providers/${namespace}`;

/** A subscription of this Azure begins with all of them registered; a new one of Microsoft's with few. */
export const isRegistered = (resources: ResourceStore, scope: string, namespace: string): boolean =>
  resources.get(idOf(scope, known(namespace)))?.properties.registrationState !== "NotRegistered";

/** Registers a provider or takes it back, as `az provider register` and `unregister` do. */
export function setRegistration(
  resources: ResourceStore,
  { scope, namespace, registered }: { scope: string; namespace: string; registered: boolean },
): object {
  const name = known(namespace);
  if (!registered && alwaysThere.includes(name))
    throw refuse("BadRequest", `The resource provider '${name}' cannot be unregistered.`);
  const id = idOf(scope, name);
  if (registered) resources.delete(id);
  else
    resources.put({
      id,
      name,
      type: providerType,
      properties: { registrationState: "NotRegistered" },
    });
  return describe(resources, scope, name);
}

/** One provider, or without a namespace all of them. */
export const providers = (resources: ResourceStore, scope: string, namespace?: string): object =>
  namespace === undefined
    ? { value: namespaces.map((name) => describe(resources, scope, name)) }
    : describe(resources, scope, known(namespace));

function describe(resources: ResourceStore, scope: string, namespace: string): object {
  return {
    id: idOf(scope, namespace),
    namespace,
    registrationPolicy: alwaysThere.includes(namespace)
      ? "RegistrationFree"
      : "RegistrationRequired",
    registrationState: isRegistered(resources, scope, namespace) ? "Registered" : "NotRegistered",
    resourceTypes: Object.entries(apiVersions)
      .filter(([type]) => type.startsWith(`${namespace}/`))
      .map(([type, versions]) => ({
        resourceType: type.slice(namespace.length + 1),
        locations: alwaysThere.includes(namespace)
          ? []
          : regions.map(([, displayName]) => displayName),
        // newest first, as az picks the first one
        apiVersions: [...versions].reverse(),
      })),
  };
}
