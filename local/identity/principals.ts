/** Who exists in the local directory: the deployer and the managed identities, kept in one file. */
import { randomUUID } from "node:crypto";
import type { Principal } from "../contracts/identity";
import { JsonFile } from "../kernel/jsonFile";
import { randomSecret } from "../kernel/randomSecret";
import type { TrustedAssertions } from "./assertions";

/** The file may list certificates and issuers beside the secret. */
export type Deployer = Principal & { clientSecret: string } & TrustedAssertions;

interface DirectoryFile {
  tenantId: string;
  subscriptionId: string;
  deployer: Deployer;
  identities: Principal[];
}

export interface Principals {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly deployer: Deployer;
  find(objectId: string): Principal | undefined;
  findByAppId(appId: string): Principal | undefined;
  add(displayName: string): Principal;
  remove(objectId: string): void;
}

function newDirectory(): DirectoryFile {
  return {
    tenantId: randomUUID(),
    subscriptionId: randomUUID(),
    deployer: {
      objectId: randomUUID(),
      appId: randomUUID(),
      displayName: "deployer",
      kind: "ServicePrincipal",
      clientSecret: randomSecret(40),
    },
    identities: [],
  };
}

/** Opens the directory's file; a new one gets ids and a secret of its own. */
export function openPrincipals(path: string): Principals {
  const file = new JsonFile(path, newDirectory);
  const directory = file.read();
  file.write(directory);
  // Whoever looks a principal up gets no secret along with it.
  const { objectId, appId, displayName, kind } = directory.deployer;
  const all = (): Principal[] => [{ objectId, appId, displayName, kind }, ...directory.identities];
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

  return {
    tenantId: directory.tenantId,
    subscriptionId: directory.subscriptionId,
    deployer: directory.deployer,
    find: (objectId) => all().find((principal) => same(principal.objectId, objectId)),
    findByAppId: (appId) => all().find((principal) => same(principal.appId, appId)),
    add(displayName) {
      const objectId = randomUUID();
      const appId = randomUUID();
      const principal: Principal = { objectId, appId, displayName, kind: "ManagedIdentity" };
      directory.identities.push(principal);
      file.write(directory);
      return principal;
    },
    remove(objectId) {
      directory.identities = directory.identities.filter(
        (principal) => !same(principal.objectId, objectId),
      );
      file.write(directory);
    },
  };
}
