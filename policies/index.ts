/** The policy pack as Pulumi starts it. */
import { PolicyPack } from "@pulumi/policy";
import { refuseMisspelt } from "./parts/configuration";
import { rules } from "./rules";

refuseMisspelt(rules);

new PolicyPack("gated-imports", { policies: rules });
