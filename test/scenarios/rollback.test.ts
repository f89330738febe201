import { wayBack } from "../support/way-back.ts";

/** On the backend that a team shares. On local files, where most other scenes have their state, and whole, among the faults. */
wayBack("an S3 bucket", false);
