/** Whether Azure has the region, and there all that the program makes. */
import { fault, ok, type Finding } from "../finding";
import { complaint, textAt } from "../rest";
import type { Stack } from "../stack";
import { run, settingCommand, type SignedIn } from "./look";
import type { TypeRegions } from "./providers";

const types = [
  "Microsoft.ContainerRegistry/registries",
  "Microsoft.KeyVault/vaults",
  "Microsoft.ContainerInstance/containerGroups",
];

const plain = (region: string): string => region.toLowerCase().replaceAll(" ", "");

export async function lookAtRegion(
  { azure }: SignedIn,
  { location, stack, regions }: { location: string; stack: Stack; regions: TypeRegions },
): Promise<Finding> {
  const { values, reply } = await azure.list("/locations", "subscription");
  if (reply.status !== 200)
    return fault(
      `the regions are not told (${complaint(reply)})`,
      run("az account list-locations -o table"),
    );
  const key = "azure-native:location";
  const change = (value?: string): string =>
    settingCommand(stack, key, value === undefined ? {} : { value });
  if (!values.some((region) => textAt(region, "name") === location))
    return fault(`the subscription has no region ${location}`, change("eastus"));

  // Azure calls regions by other names here; a provider that told none has told nothing.
  const missing = types.filter((type) => {
    const found = regions.get(type) ?? [];
    return found.length > 0 && !found.some((region) => plain(region) === location);
  });
  if (missing.length === 0) return ok(`region ${location} has registries, vaults and containers`);
  return fault(`region ${location} has no ${missing.join(", ")}`, change("eastus"));
}
