/** Entra ID: who exists, how they sign in, and what their tokens are worth. */
import { join } from "node:path";
import type { Directory } from "../contracts/identity";
import type { Service } from "../contracts/service";
import { graphApp, graphHost } from "./graph";
import { serveManagedIdentities } from "./managedIdentityEndpoint";
import { openPrincipals } from "./principals";
import { signInApp, signInHost } from "./signIn";
import { openTokens } from "./tokens";

export interface LocalDirectory extends Directory {
  /** For the front door; `stop` also ends the managed identity endpoint. */
  service: Service;
}

/** Opens the directory of a state folder; a new one gets a tenant, a subscription and a deployer of its own. */
export async function openDirectory({ stateDir }: { stateDir: string }): Promise<LocalDirectory> {
  const principals = openPrincipals(join(stateDir, "identity.json"));
  const tokens = await openTokens(join(stateDir, "identity-key.pem"), principals);
  const signIn = signInApp(principals, tokens);
  const graph = graphApp(principals, tokens);
  await Promise.all([signIn.ready(), graph.ready()]);
  const endpoints = await serveManagedIdentities(principals, tokens);

  return {
    tenantId: principals.tenantId,
    subscriptionId: principals.subscriptionId,
    deployer: principals.deployer,
    authenticate: (authorization, audience) => tokens.verify(authorization, audience),
    issueToken: (principal, audience) => tokens.issue(principal, audience),
    find: (objectId) => principals.find(objectId),
    createManagedIdentity: (displayName) => principals.add(displayName),
    remove: (objectId) => principals.remove(objectId),
    openManagedIdentityEndpoint: (objectId) => endpoints.open(objectId),
    service: {
      name: "sign-in",
      hosts: [signInHost, graphHost],
      handle(request, response) {
        const toGraph = request.headers.host?.startsWith(graphHost) ?? false;
        (toGraph ? graph : signIn).routing(request, response);
      },
      async stop() {
        await Promise.all([signIn.close(), graph.close(), endpoints.close()]);
      },
    },
  };
}
