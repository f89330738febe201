import { GraphQLError } from "graphql";

/** An error that a resolver throws on purpose, in GitHub's form: its `type` stands beside the message. */
export function graphQLError(
  type: "NOT_FOUND" | "FORBIDDEN" | "UNPROCESSABLE",
  message: string,
): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}
