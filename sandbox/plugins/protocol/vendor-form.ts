import type { Property, Shape } from "./schema.ts";
import { isRecord, type Properties } from "./values.ts";

/** The program's values under the vendor's names; what is not described stays behind. */
export function toVendor(shape: Shape, values: Properties): Properties {
  const entries = Object.entries(shape)
    .filter(([name, property]) => values[name] !== undefined && !property.apart)
    .map(([name, property]) => {
      const value = convert(toVendor, property, values[name]);
      return [vendorName(name, property), property.single && Array.isArray(value) ? value[0] : value];
    });
  return Object.fromEntries(entries) as Properties;
}

/**
 * The vendor's answer under the program's names. What is described and missing comes out as undefined, which takes it
 * out of the state; what the vendor never tells, and what is not described, is left out.
 */
export function fromVendor(shape: Shape, answer: Properties): Properties {
  const entries = Object.entries(shape)
    .filter(([, property]) => !property.writeOnly && !property.hashed)
    .map(([name, property]) => {
      const value = answer[vendorName(name, property)];
      return [name, convert(fromVendor, property, property.single && isRecord(value) ? [value] : value)];
    });
  return Object.fromEntries(entries) as Properties;
}

type Conversion = (shape: Shape, values: Properties) => Properties;

function convert(conversion: Conversion, property: Property, value: unknown): unknown {
  if (value === null) return undefined;
  if (property.fields && isRecord(value)) return conversion(property.fields, value);
  if (property.items && Array.isArray(value))
    return value.map((item: unknown) => convert(conversion, property.items as Property, item));
  return value;
}

const vendorName = (name: string, property: Property): string => property.api ?? snakeCase(name);

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
