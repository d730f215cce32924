/** Whether the names are free, or this stack's own, that are global to Azure. */
import { registryName, vaultName } from "../../components/parts/names";
import type { PlainSettings } from "../../settings/schema";
import { fault, ok, type Finding } from "../finding";
import { complaint, textAt } from "../rest";
import type { Stack } from "../stack";
import { run, settingCommand, type SignedIn } from "./look";

const kinds = {
  registry: { namespace: "Microsoft.ContainerRegistry", type: "registries" },
  vault: { namespace: "Microsoft.KeyVault", type: "vaults" },
} as const;
type Kind = keyof typeof kinds;

/** As long as an ending is; nobody's name has it. */
const sample = "000000";

export async function lookAtNames(
  signedIn: SignedIn,
  { settings, stack }: { settings: PlainSettings; stack: Stack },
): Promise<Finding[]> {
  const { namePrefix, simulatedImages, apps } = settings;
  const { ending } = stack;
  const owners = new Set([
    ...(simulatedImages.length > 0 ? ["public"] : []),
    "baseartifacts",
    ...apps.map(({ team, name }) => team ?? name),
  ]);
  const wanted: [Kind, string][] = [
    ["vault", vaultName(namePrefix, ending ?? sample)],
    ...[...owners].map((owner): [Kind, string] => [
      "registry",
      registryName(namePrefix, owner, ending ?? sample),
    ]),
  ];
  const findings = await Promise.all(
    wanted.map(([kind, name]) => lookAtName(signedIn, { kind, name, stack })),
  );
  const faults = findings.filter(({ kind }) => kind === "fault");
  if (faults.length > 0) return faults;
  const text = ending
    ? `the names that end in ${ending} are free, or the stack's own`
    : `names that begin with ${namePrefix} are well-formed; whether they are free is told by the first up, which gives them an ending of their own`;
  return [ok(text)];
}

async function lookAtName(
  { azure, subscriptionId }: SignedIn,
  { kind, name, stack }: { kind: Kind; name: string; stack: Stack },
): Promise<Finding> {
  const { namespace, type } = kinds[kind];
  const own = stack.made.find(({ id }) => id.toLowerCase().endsWith(`/${type}/${name}`));
  if (own) {
    const path = own.id.replace(/^\/subscriptions\/[^/]+/i, "");
    const elsewhere = !own.id
      .toLowerCase()
      .startsWith(`/subscriptions/${subscriptionId.toLowerCase()}/`);
    if (elsewhere)
      return fault(
        `${kind} ${name} of this stack is in another subscription`,
        run(`az account set --subscription ${own.id.split("/")[2]}`),
      );
    if ((await azure.get(path, kind)).status === 200) return ok(`${kind} ${name}`);
  }
  const reply = await azure.post(`/providers/${namespace}/checkNameAvailability`, kind, {
    name,
    type: `${namespace}/${type}`,
  });
  if (reply.status !== 200)
    return fault(
      `whether ${kind} ${name} is free is not told (${complaint(reply)})`,
      run(`az provider register --wait --namespace ${namespace}`),
    );
  if (reply.body["nameAvailable"] === true) return ok(`${kind} ${name}`);
  const why = textAt(reply.body, "message").split("\n")[0]?.replace(/\.$/, "");
  if (kind === "vault" && (await isDeleted(azure, name)))
    return fault(
      `vault ${name} was deleted and keeps its name`,
      run(`az keyvault purge --name ${name}`),
    );
  return fault(
    `${kind} ${name} cannot be made: ${why}`,
    settingCommand(stack, "gated-imports:namePrefix", { value: "another" }),
  );
}

async function isDeleted(azure: SignedIn["azure"], name: string): Promise<boolean> {
  const { values } = await azure.list("/providers/Microsoft.KeyVault/deletedVaults", "vault");
  return values.some((vault) => textAt(vault, "name").toLowerCase() === name);
}
