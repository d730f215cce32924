/** Reads the registry credentials of a task: texts, or vault secrets that the task's identity reads. */
import { knownOnly, objectAt, optionalChoice, optionalText, textAt, type Json } from "../body";
import { refuse } from "../errors";
import type { CustomRegistryCredential, SecretValue, TaskDetails } from "./taskModel";

const unserved = (what: string, advice: string): Error => refuse("NotSupportedHere", what, advice);

export function readCredentials(credentials: Json): TaskDetails["credentials"] {
  const path = "properties.credentials";
  knownOnly(credentials, ["sourceRegistry", "customRegistries"], path);
  const source = objectAt(credentials.sourceRegistry, `${path}.sourceRegistry`);
  knownOnly(source, ["loginMode", "identity"], `${path}.sourceRegistry`);
  const modes = ["Default", "None"] as const;
  const loginMode = optionalChoice(source.loginMode, modes, `${path}.sourceRegistry.loginMode`);
  const custom = Object.entries(
    objectAt(credentials.customRegistries, `${path}.customRegistries`),
  ).map(([server, value]) => {
    const own = `${path}.customRegistries['${server}']`;
    return [server, readCustomRegistry(objectAt(value, own), own)] as const;
  });
  return {
    ...(loginMode === undefined ? {} : { sourceRegistry: { loginMode } }),
    ...(custom.length === 0 ? {} : { customRegistries: Object.fromEntries(custom) }),
  };
}

function readCustomRegistry(credential: Json, path: string): CustomRegistryCredential {
  knownOnly(credential, ["userName", "password", "identity"], path);
  const identity = optionalText(credential.identity, `${path}.identity`);
  if (identity !== undefined && !["system", "[system]"].includes(identity.toLowerCase())) {
    throw unserved(`The user-assigned identity '${identity}'`, "use the task's own, [system]");
  }
  const userName = readSecret(credential.userName, `${path}.userName`);
  const password = readSecret(credential.password, `${path}.password`);
  const fromVault = [userName, password].some((secret) => secret?.type === "Vaultsecret");
  if (fromVault && identity === undefined) {
    throw refuse("BadRequest", `'${path}' names a vault secret; it needs an identity: [system].`);
  }
  if ((userName === undefined) !== (password === undefined)) {
    throw refuse("BadRequest", `'${path}' needs both userName and password, or neither.`);
  }
  if (userName === undefined && identity === undefined) {
    throw refuse("BadRequest", `'${path}' needs userName and password, or an identity.`);
  }
  return {
    ...(userName === undefined ? {} : { userName }),
    ...(password === undefined ? {} : { password }),
    ...(identity === undefined ? {} : { identity }),
  };
}

function readSecret(value: unknown, path: string): SecretValue | undefined {
  if (value === undefined || value === null) return undefined;
  const given = objectAt(value, path);
  knownOnly(given, ["type", "value"], path);
  const type = optionalChoice(given.type, ["Opaque", "Vaultsecret"], `${path}.type`) ?? "Opaque";
  const text = textAt(given.value, `${path}.value`);
  if (type === "Vaultsecret" && !/^https:\/\/[^/]+\/secrets\/[^/]+(?:\/[^/]*)?$/i.test(text)) {
    throw refuse(
      "BadRequest",
      `'${path}.value' must be a vault secret's URL, e.g. https://VAULT.vault.azure.net/secrets/NAME.`,
    );
  }
  return { type, value: text };
}
