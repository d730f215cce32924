/**
 * Physical regions of the public Azure cloud by their programmatic names, from Microsoft's list of 2025-09-23
 * (learn.microsoft.com/azure/reliability/regions-list), announced ones included, and the two that only
 * `az account list-locations` has. National clouds have other hosts, and this program does not go there.
 */
export const regions: readonly string[] = [
  ...["australiacentral", "australiacentral2", "australiaeast", "australiasoutheast"],
  ...["austriaeast", "belgiumcentral", "brazilsouth", "brazilsoutheast", "canadacentral"],
  ...["canadaeast", "centralindia", "centralus", "chilecentral", "denmarkeast", "eastasia"],
  ...["eastus", "eastus2", "francecentral", "francesouth", "germanynorth", "germanywestcentral"],
  ...["indonesiacentral", "israelcentral", "italynorth", "japaneast", "japanwest"],
  ...["jioindiacentral", "jioindiawest", "koreacentral", "koreasouth", "malaysiawest"],
  ...["mexicocentral", "newzealandnorth", "northcentralus", "northeurope", "norwayeast"],
  ...["norwaywest", "polandcentral", "qatarcentral", "southafricanorth", "southafricawest"],
  ...["southcentralus", "southeastasia", "southindia", "spaincentral", "swedencentral"],
  ...["swedensouth", "switzerlandnorth", "switzerlandwest", "uaecentral", "uaenorth", "uksouth"],
  ...["ukwest", "westcentralus", "westeurope", "westindia", "westus", "westus2", "westus3"],
];
