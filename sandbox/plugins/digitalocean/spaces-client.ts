import type { Environment } from "./client.ts";
export interface Spaces { x: 1 }
export const spacesClient = (_s: Record<string,string>, _e: Environment) => (_region: string): Spaces => ({ x: 1 });
