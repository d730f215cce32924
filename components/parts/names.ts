/** Names of what this stack makes, within Azure's rules. */

export interface ResourceNames {
  /** Registries: 5 to 50 letters and digits, global to Azure. */
  publicRegistry: string;
  baseArtifactsRegistry: string;
  teamRegistry: string;
  /** 3 to 24 letters, digits and hyphens, global to Azure. */
  vault: string;
  /** 1 to 63 lower-case letters, digits and hyphens. */
  containerGroup: string;
}

/** The names for a prefix of 2 to 11, an app's name of up to 40 and a suffix of 6 characters. */
export function resourceNames(prefix: string, app: string, suffix: string): ResourceNames {
  return {
    publicRegistry: `${prefix}public${suffix}`,
    baseArtifactsRegistry: `${prefix}baseartifacts${suffix}`,
    teamRegistry: `${prefix}team${suffix}`,
    vault: `${prefix}-vault-${suffix}`,
    containerGroup: `${app}-aci-${suffix}`,
  };
}

/** The article's name for the token that pulls from a registry; its user name is the same. */
export const pullTokenName = (registryName: string): string => `registry-${registryName}-user`;

/** The article's name for the vault secret that holds that token's password. */
export const pullPasswordName = (registryName: string): string =>
  `registry-${registryName}-password`;

/** A scope map's name: letters, digits and hyphens, where a repository also has `/`, `.` and `_`. */
export const pullScopeMapName = (repository: string): string =>
  `pull-${repository.replace(/[^a-z0-9-]/g, "-")}`;
