/** The container registries (NAME.azurecr.io and the simulated Docker Hub), as the other services see them. */

export interface PushEvent {
  /** Login server, e.g. `contoso.azurecr.io`. */
  registry: string;
  repository: string;
  tag: string;
  /** Manifest digest that the tag names now. */
  digest: string;
  /** Digest that the tag named before, if any. */
  previousDigest?: string;
}

export interface RegistryLogin {
  username: string;
  password: string;
}

export interface ContainerRegistries {
  /** Called after a manifest was stored under a tag. Same tag, same digest again: not called. */
  onPush(listener: (event: PushEvent) => void): void;
  /** A login with pull and push on the whole registry, for one task run; dies on `revoke`. */
  openRunLogin(loginServer: string): RegistryLogin & { revoke(): void };
  /** Deletes all content of a registry. */
  removeContent(registryName: string): Promise<void>;
}
