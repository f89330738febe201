// Pulumi registers ts-node for packs, which would type-check this entry and refuse its ".ts" imports (SDK 3.270,
// cmd/run-policy-pack); behind a JavaScript entry Node strips the types itself.
import "./index.ts";
