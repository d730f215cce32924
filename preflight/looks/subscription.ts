/** Whether the subscription is there, open, and of an offer that runs tasks. */
import { fault, ok, type Finding } from "../finding";
import { complaint, objectAt, textAt } from "../rest";
import { run, type SignedIn } from "./look";

/**
 * Offers that give credits for nothing. Microsoft has paused ACR Tasks for free credits and names no offers; these are the
 * ones that are nothing else.
 */
const freeCredits = [
  "FreeTrial_",
  "AzureForStudents_",
  "DreamSpark_",
  "AzurePass_",
  "LightweightTrial_",
];

const open = ["Enabled", "Warned"];

export async function lookAtSubscription({
  azure,
  subscriptionId,
}: SignedIn): Promise<{ finding: Finding; usable: boolean }> {
  const reply = await azure.get("", "subscription");
  if (reply.status !== 200)
    return {
      finding: fault(
        `subscription ${subscriptionId} is not to be seen (${complaint(reply)})`,
        run("az account list -o table"),
      ),
      usable: false,
    };
  const state = textAt(reply.body, "state");
  const named = `subscription ${textAt(reply.body, "displayName")} (${subscriptionId})`;
  if (!open.includes(state))
    return {
      finding: fault(`${named} is ${state}`, "see https://aka.ms/azuresubscriptions"),
      usable: true,
    };
  const policies = objectAt(reply.body, "subscriptionPolicies");
  const offer = textAt(policies, "quotaId");
  if (freeCredits.some((start) => offer.startsWith(start)))
    return {
      finding: fault(
        `${named} is on free credits (${offer}), where Azure does not run tasks (TasksOperationsNotAllowed)`,
        "upgrade it to pay-as-you-go: https://portal.azure.com/#view/Microsoft_Azure_Billing/SubscriptionsBlade",
      ),
      usable: true,
    };
  const limit = textAt(policies, "spendingLimit") === "On";
  return {
    finding: ok(
      `${named}, offer ${offer || "not told"}${limit ? ", with a spending limit: tasks may be paused on credits" : ""}`,
    ),
    usable: true,
  };
}
