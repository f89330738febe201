import { enableCompileCache, flushCompileCache } from "node:module";

// Compiling the framework is half of what a pack takes to start. An engine ends a pack by killing it, so what was
// compiled is kept as soon as all is loaded.
enableCompileCache();

// Pulumi registers ts-node for packs, which would type-check this entry and refuse its ".ts" imports (SDK 3.270,
// cmd/run-policy-pack); behind a JavaScript entry Node strips the types itself. It also takes no top-level await.
void import("./index.ts").then(() => flushCompileCache());
