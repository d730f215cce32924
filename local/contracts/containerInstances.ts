/** Azure Container Instances, as the resource manager sees them. */
import type { Resource } from "./resources";

export interface ContainerGroupState {
  /** Loopback address of the group, e.g. `127.0.1.7`. */
  ip: string;
  state: "Pending" | "Running" | "Succeeded" | "Failed" | "Stopped";
}

/** The group cannot be made as asked; code and message are Azure's own, e.g. InaccessibleImage. */
export class ContainerGroupRefused extends Error {
  override name = "ContainerGroupRefused";
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ContainerInstances {
  /**
   * Pulls the images and (re)starts the group's containers; resolves once they run. A running group
   * is replaced only after the new images are there, and keeps its address.
   * `imageRegistryCredentials[].password` lies in `resource.secret.registryPasswords[server]`,
   * secure environment values in `resource.secret.environment[container][name]`.
   * @throws {ContainerGroupRefused}
   */
  deploy(group: Resource): Promise<ContainerGroupState>;
  state(groupId: string): ContainerGroupState | undefined;
  logs(groupId: string, container: string): Promise<string>;
  remove(groupId: string): Promise<void>;
}
