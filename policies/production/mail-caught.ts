import type { ResourceValidationPolicy } from "@pulumi/policy";
import { type PlatformInputs, platformType, violation } from "./platform.ts";

/** Off production no mail leaves: a copy of production knows real customers. */
export const mailCaught: ResourceValidationPolicy = {
  name: "production/mail-caught",
  description: "Off production every mail is caught.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    if (type !== platformType) return;
    const { platform, mail } = props as PlatformInputs;
    const environment = platform?.environment;
    if (environment === "production" || mail?.kind === "catcher") return;
    const where = environment ?? "an unnamed environment";
    const fault = `mail leaves by ${mail?.kind ?? "an unknown way"} although this is ${where}`;
    report(violation({ name, type }, fault, "set mail.kind to catcher"));
  },
};
