/** Who did what to a registry or a vault, kept in Log Analytics. */
import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";

/** Sends all logs of a resource to a workspace: a registry's logins and pushes, a vault's reads of secrets. */
export function reportTo(
  workspaceId: pulumi.Input<string>,
  name: string,
  resource: pulumi.CustomResource,
  opts: pulumi.CustomResourceOptions,
): monitor.DiagnosticSetting {
  return new monitor.DiagnosticSetting(
    name,
    {
      name: "gated-imports",
      resourceUri: resource.id,
      workspaceId,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
    },
    opts,
  );
}
