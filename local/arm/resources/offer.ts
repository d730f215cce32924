/** The offer that the subscription was bought by; on some of them tasks do not run. */
import { refuse } from "../errors";

/** Offers of free credits: Azure has paused tasks there. */
const freeCredits = [
  "FreeTrial_2014-09-01",
  "AzureForStudents_2018-01-01",
  "DreamSpark_2015-02-01",
  "AzurePass_2014-09-01",
  "LightweightTrial_2016-09-01",
];

interface Offered {
  /** As Azure calls the offer; pay-as-you-go unless the state folder says otherwise. */
  quotaId?: string;
}

export function offerOf({ quotaId = "PayAsYouGo_2014-09-01" }: Offered): {
  quotaId: string;
  spendingLimit: "On" | "Off";
} {
  return { quotaId, spendingLimit: freeCredits.includes(quotaId) ? "On" : "Off" };
}

/** @throws ArmError where tasks are paused */
export function refuseTasksOnCredits(
  offered: Offered,
  { registry, subscriptionId }: { registry: string; subscriptionId: string },
): void {
  if (!freeCredits.includes(offerOf(offered).quotaId)) return;
  throw refuse("TasksOperationsNotAllowed", registry, subscriptionId);
}
