import { wayBack } from "../support/way-back.ts";

/** test/scenarios/rollback.test.ts holds most of them on the other backend. */
wayBack("local files", true);
