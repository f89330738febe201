import { regions } from "../../catalog/regions.ts";
import type { Store, Table } from "../store.ts";
import { S3Error, xmlHead } from "./errors.ts";

interface Bucket {
  region: string;
  /** The lifecycle rules, as the XML that they came in. */
  lifecycle: string | null;
}

/** The region of a bucket whose creator names none. */
const defaultRegion = "nyc3";
const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

/** What the front knows of the buckets and the server behind it does not. */
export class Buckets {
  readonly #rows: Table<Bucket>;

  constructor(store: Store) {
    this.#rows = store.table("buckets");
  }

  get(name: string): Bucket | undefined {
    return this.#rows.get(name);
  }

  add(name: string, region: string): void {
    // Making a bucket again that one has is no error, and changes nothing.
    if (!this.#rows.get(name)) this.#rows.put(name, { region, lifecycle: null });
  }

  delete(name: string): void {
    this.#rows.delete(name);
  }

  /** Where a new bucket goes: the host decides, then the body's LocationConstraint, then the region it was signed for. */
  regionFor(host: string | undefined, body: string, scope = ""): string {
    const constraint = /<LocationConstraint[^>]*>([^<]*)<\/LocationConstraint>/.exec(body)?.[1]?.trim();
    if (host === undefined && constraint && !isRegion(constraint))
      throw new S3Error("InvalidLocationConstraint");
    const signed = scope.split("/")[1] ?? "";
    return host ?? (constraint || (isRegion(signed) ? signed : defaultRegion));
  }

  /** Answers `GET ?location`: the Terraform plugin takes it for the bucket's region and replaces on another. */
  location(name: string): string {
    return `${xmlHead}<LocationConstraint xmlns="${namespace}">${this.#has(name).region}</LocationConstraint>`;
  }

  /** Answers GET, PUT and DELETE of `?lifecycle` with a status and a body. */
  lifecycle(name: string, method: string, body: string): [status: number, body: string] {
    const bucket = this.#has(name);
    switch (method) {
      case "PUT":
        if (!/<LifecycleConfiguration[\s\S]*<Rule>[\s\S]*<\/LifecycleConfiguration>\s*$/.test(body))
          throw new S3Error("MalformedXML");
        this.#rows.put(name, { ...bucket, lifecycle: body });
        return [200, ""];
      case "DELETE":
        this.#rows.put(name, { ...bucket, lifecycle: null });
        return [204, ""];
      default:
        if (bucket.lifecycle === null) throw new S3Error("NoSuchLifecycleConfiguration");
        return [200, bucket.lifecycle];
    }
  }

  #has(name: string): Bucket {
    const bucket = this.#rows.get(name);
    if (!bucket) throw new S3Error("NoSuchBucket");
    return bucket;
  }
}

const isRegion = (slug: string): boolean => Object.hasOwn(regions, slug);
