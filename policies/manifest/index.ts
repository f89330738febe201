import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules.ts";

// Serves at once, so nothing else stands here.
new PolicyPack("manifest", { enforcementLevel: "mandatory", policies: rules });
