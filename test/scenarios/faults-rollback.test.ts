import { wayBack } from "../support/way-back.ts";

wayBack("an S3 bucket", true);
