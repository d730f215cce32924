/**
 * The API versions of Azure that a stack hangs on, and when each retires. The SDK decides most of them, so a newer
 * `@pulumi/azure-native` is how to leave one; a test holds the table to what the SDK really asks for.
 */

export interface ApiVersion {
  /** As azure-native 3.28 sends it. */
  version: string;
  /** The day Azure stops to answer it; absent where none was announced by 2026-11-25. */
  retires?: string;
}

/** Control-plane versions of Key Vault before 2026-02-01 retire together. */
const keyVault: ApiVersion = { version: "2024-11-01", retires: "2027-02-27" };
const tokens: ApiVersion = { version: "2024-11-01-preview" };

/** By resource type, without `azure-native:`. */
export const apiVersions: Readonly<Record<string, ApiVersion>> = {
  "authorization:RoleAssignment": { version: "2022-04-01" },
  "containerinstance:ContainerGroup": { version: "2024-05-01-preview" },
  "containerregistry:Registry": { version: "2023-01-01-preview" },
  "containerregistry:ScopeMap": tokens,
  // azure-native has no newer one: ACR Tasks never left preview.
  "containerregistry:Task": { version: "2019-06-01-preview" },
  "containerregistry:Token": tokens,
  // The SDK does not say; the provider asks as it does for the vault's own changes.
  "keyvault:AccessPolicy": keyVault,
  "keyvault:Secret": keyVault,
  "keyvault:Vault": keyVault,
  "monitor:DiagnosticSetting": { version: "2021-05-01-preview" },
  "resources:ResourceGroup": { version: "2024-03-01" },
};
