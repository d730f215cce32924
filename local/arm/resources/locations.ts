/** Azure's public regions that have all that is served here, by name and as answers call them. */
import { normalLocation } from "../body";

export const regions: readonly (readonly [name: string, displayName: string])[] = [
  ["australiacentral", "Australia Central"],
  ["australiaeast", "Australia East"],
  ["australiasoutheast", "Australia Southeast"],
  ["brazilsouth", "Brazil South"],
  ["canadacentral", "Canada Central"],
  ["canadaeast", "Canada East"],
  ["centralindia", "Central India"],
  ["centralus", "Central US"],
  ["eastasia", "East Asia"],
  ["eastus", "East US"],
  ["eastus2", "East US 2"],
  ["francecentral", "France Central"],
  ["germanywestcentral", "Germany West Central"],
  ["italynorth", "Italy North"],
  ["japaneast", "Japan East"],
  ["japanwest", "Japan West"],
  ["koreacentral", "Korea Central"],
  ["northcentralus", "North Central US"],
  ["northeurope", "North Europe"],
  ["norwayeast", "Norway East"],
  ["polandcentral", "Poland Central"],
  ["southafricanorth", "South Africa North"],
  ["southcentralus", "South Central US"],
  ["southeastasia", "Southeast Asia"],
  ["southindia", "South India"],
  ["spaincentral", "Spain Central"],
  ["swedencentral", "Sweden Central"],
  ["switzerlandnorth", "Switzerland North"],
  ["uaenorth", "UAE North"],
  ["uksouth", "UK South"],
  ["ukwest", "UK West"],
  ["westcentralus", "West Central US"],
  ["westeurope", "West Europe"],
  ["westus", "West US"],
  ["westus2", "West US 2"],
  ["westus3", "West US 3"],
];

export const isRegion = (location: string): boolean =>
  regions.some(([name]) => name === normalLocation(location));

/** The answer of GET /subscriptions/S/locations. */
export const locationList = (subscription: string): object => ({
  value: regions.map(([name, displayName]) => ({
    id: `${subscription}/locations/${name}`,
    name,
    type: "Region",
    displayName,
    regionalDisplayName: displayName,
    metadata: { regionType: "Physical", regionCategory: "Recommended" },
  })),
});
