/** Who and where the mocked Azure is. */
export const subscriptionId = "11111111-1111-1111-1111-111111111111";
export const tenantId = "22222222-2222-2222-2222-222222222222";
export const subscription = `/subscriptions/${subscriptionId}`;

/** ARM id of a registry, or of something in it such as `tasks/node-public`. */
export const registryId = (registry: string, ...below: string[]): string =>
  [
    `${subscription}/resourceGroups/${registry}-rg/providers/Microsoft.ContainerRegistry/registries/${registry}`,
    ...below,
  ].join("/");
