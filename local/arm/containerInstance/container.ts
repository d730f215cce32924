/** Microsoft.ContainerInstance/containerGroups/containers: only the logs of a group's container. */
import type { ContainerInstances } from "../../contracts/containerInstances";
import type { Resource } from "../../contracts/resources";
import { refuse } from "../errors";
import type { ExistingRequest, KindRequest, ResourceKind } from "../kind";
import type { ContainerGroup } from "./groupReader";

const type = "Microsoft.ContainerInstance/containerGroups/containers";

export function containerKind({ instances }: { instances: ContainerInstances }): ResourceKind {
  function find({ id, name, parent }: KindRequest): Resource | undefined {
    const containers = (parent?.properties.containers ?? []) as ContainerGroup["containers"];
    const found = containers.find((one) => one.name.toLowerCase() === name.toLowerCase());
    return found && { id, name: found.name, type, properties: {} };
  }

  async function logs({ existing, parent, query }: ExistingRequest) {
    const text = await instances.logs(parent?.id ?? "", existing.name);
    const tail = query.get("tail");
    if (tail === null) return { status: 200, body: { content: text } };
    const count = Number(tail);
    if (!Number.isInteger(count) || count < 1) {
      throw refuse("BadRequest", `'tail' must be a whole number of lines, not '${tail}'.`);
    }
    const ending = text.endsWith("\n") ? "\n" : "";
    const lines = text.slice(0, text.length - ending.length).split("\n");
    return { status: 200, body: { content: lines.slice(-count).join("\n") + ending } };
  }

  return {
    type,
    scope: "resourceGroup",
    createdStatus: 200,
    actionsOnly: true,
    find,
    actions: { logs: { method: "GET", name: "logs", run: logs } },
  };
}
