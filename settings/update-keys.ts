/**
 * Keys that the verbs add to a stack's configuration for one update, so that the update's own history entry names them:
 * `release` is what runs (components/release.ts), `update` who changed it, by which verb and what for
 * (operations/overlay.ts). They are never in the stack's file.
 */
export const updateKeys = ["release", "update"] as const;
