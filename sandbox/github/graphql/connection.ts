/** Which part of a list a query asks for (https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api). */
export interface Slice {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

/** A page of a list, with cursors that say how far one has read. */
export function connect<T>(nodes: readonly T[], { first, last, after, before }: Slice) {
  const start = typeof after === "string" ? position(after) : 0;
  const end = typeof before === "string" ? position(before) - 1 : nodes.length;
  const from = typeof last === "number" ? Math.max(start, end - last) : start;
  const to = typeof first === "number" ? Math.min(end, from + first) : end;
  return {
    nodes: nodes.slice(from, to),
    totalCount: nodes.length,
    pageInfo: {
      hasNextPage: to < nodes.length,
      hasPreviousPage: from > 0,
      startCursor: to > from ? cursor(from + 1) : null,
      endCursor: to > from ? cursor(to) : null,
    },
  };
}

const cursor = (number: number): string => Buffer.from(`cursor:v2:${number}`).toString("base64");
const position = (text: string): number =>
  Number(Buffer.from(text, "base64").toString("utf8").split(":").at(-1)) || 0;
