/** Which part of a list a query asks for (https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api). */
export interface Slice {
  first?: number;
  last?: number;
  after?: string;
  before?: string;
}

/** A page of a list, with cursors that say how far one has read. */
export function connect<T>(nodes: readonly T[], { first, last, after, before }: Slice) {
  const start = after === undefined ? 0 : position(after);
  const end = before === undefined ? nodes.length : position(before) - 1;
  const from = last === undefined ? start : Math.max(start, end - last);
  const to = first === undefined ? end : Math.min(end, from + first);
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
