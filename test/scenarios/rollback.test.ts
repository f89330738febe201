import { wayBack } from "../support/way-back.ts";

/** All of it on the backend that a team shares; on local files, where most other scenes have their state, among the faults. */
wayBack("an S3 bucket");
