/** The policy pack as Pulumi starts it. */
import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("gated-imports", { policies: rules });
