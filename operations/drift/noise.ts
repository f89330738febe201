import type { Noise } from "./report.ts";

/** A difference that a provider makes by itself, on every refresh. */
export interface NoiseRule {
  /** Pulumi's type token. */
  type: string;
  property: string;
  /** Of the property's path. */
  paths: RegExp;
  why: string;
  issue: string;
  /** Asked before it is believed: whether the property really is as it was declared, but for the noise. */
  verify?: "appEnvs";
}

/** What the official providers are known for, of what the platform declares. Each is counted in the report. */
const noiseRules: readonly NoiseRule[] = [
  {
    type: "digitalocean:index/app:App",
    property: "spec.envs",
    paths: /^spec(?:\.(?:services|jobs|workers|staticSites|functions)\[\d+\])?\.envs/,
    why: "DigitalOcean answers SECRET variables encrypted, anew each time; keys and all other variables are compared",
    issue: "https://github.com/digitalocean/terraform-provider-digitalocean/issues/1603",
    verify: "appEnvs",
  },
];

export const noiseFor = (type: string, property: string): NoiseRule | undefined =>
  noiseRules.find((rule) => rule.type === type && rule.paths.test(property));

/** How often each rule has covered something. */
export function counted(rules: readonly NoiseRule[]): Noise[] {
  return [...Map.groupBy(rules, (rule) => rule)].map(([{ type, property, why, issue }, hits]) => ({
    type,
    property,
    why,
    issue,
    count: hits.length,
  }));
}
