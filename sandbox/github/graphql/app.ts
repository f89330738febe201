import {
  execute,
  GraphQLError,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
} from "graphql";
import { z } from "zod";
import type { Call } from "../call.ts";
import { ok, type Answer } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import { mutations } from "./mutations.ts";
import { queries } from "./queries.ts";
import { schema } from "./schema.ts";

const request = z.object({
  query: z.string(),
  variables: optional(z.record(z.string(), z.unknown())),
  operationName: optional(z.string()),
});

// GitHub lets `... on Team { name } ... on User { name }` pass, though one may be null and the other may not: the
// official plugin asks so.
const rules = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

/**
 * `POST /graphql`. Refusals are answered 200 with `errors`, as GitHub does.
 * @throws Refusal 401 without a token; 501 for a query of fields that are not served
 */
export async function graphQL(call: Call): Promise<Answer> {
  void call.user;
  const { query, variables, operationName } = await call.body(request);
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return ok({ errors: [{ message: (error as Error).message }] });
  }
  const faults = validate(schema, document, rules);
  if (faults.length > 0) {
    const what = faults.map((fault) => fault.message).join(" ");
    call.hub.world.log(`github: not served: GraphQL: ${what}`);
    throw new Refusal("not-served", { message: `The emulated GitHub does not serve this query: ${what}` });
  }
  const { data, errors } = await execute({
    schema,
    document,
    rootValue: { ...queries, ...mutations },
    contextValue: call,
    variableValues: variables ?? {},
    operationName: operationName ?? null,
  });
  return ok({ data, ...(errors && { errors: errors.map((error) => view(call, error)) }) });
}

function view(call: Call, error: GraphQLError) {
  const { message, locations, path, extensions, originalError } = error;
  if (!originalError || originalError instanceof GraphQLError)
    return { ...extensions, message, locations, path };
  call.hub.world.log(`github: bug: ${originalError.stack ?? message}`);
  return { message: "Something went wrong while executing your query.", locations, path };
}
