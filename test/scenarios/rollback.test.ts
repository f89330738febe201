import { wayBack } from "../support/way-back.ts";

wayBack("local files", true);
wayBack("an S3 bucket", false);
