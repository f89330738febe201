import { z } from "zod";
import { Refusal } from "./refusals.ts";

/** A field that clients leave out, or send as null, alike. */
export const optional = <S extends z.ZodType>(schema: S) =>
  schema.nullish().transform((value) => value ?? undefined);

/** Without the fields that were left out, so that a spread over a row keeps what the row has. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<T>
  >;
}

/** 422 in the words of GitHub's own schema checker: `For 'properties/color', 5 is not a string.` */
export function invalidRequest(error: z.ZodError): Refusal {
  const faults = error.issues.map((issue) => {
    const place = issue.path.map((part) => (typeof part === "number" ? part : `properties/${String(part)}`));
    const value = JSON.stringify(issue.input);
    if (value === undefined) return `"${issue.path.map(String).join(".")}" wasn't supplied.`;
    const subject = `For '${place.join("/") || "/"}', ${value}`;
    if (issue.code === "invalid_type") return `${subject} is not ${article(issue.expected)}.`;
    if (issue.code === "invalid_value")
      return `${subject} is not a member of ${JSON.stringify(issue.values)}.`;
    return `${subject} is not valid: ${issue.message}.`;
  });
  return new Refusal("invalid-request", { message: `Invalid request.\n\n${faults.join("\n")}` });
}

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
