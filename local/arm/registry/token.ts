/**
 * Microsoft.ContainerRegistry/registries/tokens. Passwords are made by generateCredentials alone
 * (credentials.ts) and kept as hashes in `secret.passwords`.
 */
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";
import { knownOnly, listAt, objectAt, optionalChoice, textAt, type Json } from "../body";
import { refuse } from "../errors";
import { plainView, type KindRequest, type ResourceKind, type Written } from "../kind";
import { passwordsOf } from "./credentials";

export function tokenKind({ resources }: { resources: ResourceStore }): ResourceKind {
  function write({ id, name, body, existing, parent }: KindRequest, keep: boolean): Written {
    const given = objectAt(body.properties, "properties");
    const readOnly = ["creationDate", "provisioningState"];
    knownOnly(given, ["scopeMapId", "status", "credentials", ...readOnly], "properties");
    const kept = keep ? existing?.properties : undefined;
    const scopeMapId = checkedScopeMap(given.scopeMapId ?? kept?.scopeMapId, parent);
    const statuses = ["enabled", "disabled"] as const;
    const status = optionalChoice(given.status, statuses, "properties.status") ?? kept?.status;
    return {
      resource: {
        id,
        name,
        type: resourceTypes.token,
        properties: {
          scopeMapId,
          status: status ?? "enabled",
          creationDate: existing?.properties.creationDate ?? new Date().toISOString(),
          provisioningState: "Succeeded",
        },
        secret: { passwords: survivors(given.credentials, existing, keep) },
      },
    };
  }

  function checkedScopeMap(value: unknown, registry: Resource | undefined): string {
    const id = textAt(value, "properties.scopeMapId");
    const map = resources.get(id);
    const own = registry && id.toLowerCase().startsWith(`${registry.id.toLowerCase()}/scopemaps/`);
    if (!map || !own || map.type !== resourceTypes.scopeMap) {
      throw refuse("BadRequest", `The scope map '${id}' does not exist in the token's registry.`);
    }
    return map.id;
  }

  return {
    type: resourceTypes.token,
    scope: "resourceGroup",
    name: {
      pattern: /^[A-Za-z0-9-]{5,50}$/,
      rule: "a token name has 5 to 50 letters, digits and '-'",
    },
    createdStatus: 200,
    put: (request) => write(request, false),
    patch: (request) => write(request, true),
    remove() {
      // the registry finds tokens in the store: without it there, its passwords are dead
    },
    view(token) {
      const shown = plainView(token);
      const passwords = passwordsOf(token).map(({ name, creationTime, expiry }) => ({
        name,
        creationTime,
        ...(expiry === undefined ? {} : { expiry }),
      }));
      const credentials = { certificates: [], passwords };
      return { ...shown, properties: { ...token.properties, credentials } };
    },
  };
}

/**
 * Which passwords a write leaves. A PUT is the whole token, so it wipes every password that it does not
 * name (Azure/acr issue 667); a PATCH wipes only when it lists passwords itself. Neither can make one.
 */
function survivors(credentials: unknown, existing: Resource | undefined, keep: boolean): Json[] {
  const known = existing ? passwordsOf(existing) : [];
  const given = objectAt(credentials, "properties.credentials");
  knownOnly(given, ["passwords", "certificates"], "properties.credentials");
  if (listAt(given.certificates, "properties.credentials.certificates").length > 0) {
    throw refuse(
      "NotSupportedHere",
      "A token certificate",
      "use generateCredentials for a password",
    );
  }
  if (given.passwords === undefined && keep) return known.map((password) => ({ ...password }));
  const named = listAt(given.passwords, "properties.credentials.passwords").map((entry, index) => {
    const path = `properties.credentials.passwords[${index}]`;
    return optionalChoice(objectAt(entry, path).name, ["password1", "password2"], `${path}.name`);
  });
  return known.filter(({ name }) => named.includes(name)).map((password) => ({ ...password }));
}
