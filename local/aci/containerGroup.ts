/** The parts of a Microsoft.ContainerInstance/containerGroups resource that decide how it runs. */
import type { Resource } from "../contracts/resources";

export interface GroupContainer {
  name: string;
  image: string;
  command: string[];
  /** `NAME=value`, secure values included. */
  environment: string[];
  cpu: number;
  memoryInGB: number;
}

export interface ContainerGroup {
  id: string;
  name: string;
  containers: GroupContainer[];
  /** Published on the group's address. */
  ports: { port: number; protocol: "tcp" | "udp" }[];
  restartPolicy: "Always" | "OnFailure" | "Never";
  logins: { server: string; username: string; password: string }[];
}

interface Properties {
  containers: {
    name: string;
    properties: {
      image: string;
      command?: string[];
      environmentVariables?: { name: string; value?: string }[];
      resources?: { requests?: { cpu?: number; memoryInGB?: number } };
    };
  }[];
  imageRegistryCredentials?: { server: string; username?: string }[];
  ipAddress?: { ports?: { port: number; protocol?: string }[] };
  restartPolicy?: ContainerGroup["restartPolicy"];
}

interface Secrets {
  registryPasswords?: Record<string, string>;
  environment?: Record<string, Record<string, string>>;
}

/** Reads a stored resource; its form was checked when it was put. */
export function containerGroupOf(resource: Resource): ContainerGroup {
  const properties = resource.properties as unknown as Properties;
  const secrets = (resource.secret ?? {}) as Secrets;
  return {
    id: resource.id,
    name: resource.name,
    restartPolicy: properties.restartPolicy ?? "Always",
    ports: (properties.ipAddress?.ports ?? []).map(({ port, protocol }) => ({
      port,
      protocol: protocol?.toLowerCase() === "udp" ? "udp" : "tcp",
    })),
    logins: (properties.imageRegistryCredentials ?? []).map(({ server, username }) => ({
      server,
      username: username ?? "",
      password: secrets.registryPasswords?.[server] ?? "",
    })),
    containers: properties.containers.map(({ name, properties: container }) => ({
      name,
      image: container.image,
      command: container.command ?? [],
      environment: [
        ...(container.environmentVariables ?? [])
          .filter((variable) => variable.value !== undefined)
          .map((variable) => `${variable.name}=${variable.value}`),
        ...Object.entries(secrets.environment?.[name] ?? {}).map(
          ([key, value]) => `${key}=${value}`,
        ),
      ],
      cpu: container.resources?.requests?.cpu ?? 1,
      memoryInGB: container.resources?.requests?.memoryInGB ?? 1.5,
    })),
  };
}
