/** `azure-native:keyvault:Vault` -> `keyvault.Vault`, `random:index/randomString:RandomString` -> `RandomString` */
export function shortType(type: string): string {
  return type
    .split(":")
    .slice(1)
    .map((part) => part.replace(/\/.*$/, ""))
    .filter((part) => part !== "index")
    .join(".");
}
