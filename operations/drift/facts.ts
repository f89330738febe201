/** One thing that a machine tells of itself: a line of host/probe/drift.sh. */
export interface Fact {
  kind: string;
  name: string;
  value: string;
  /** ISO 8601, where the machine knows. */
  since: string | null;
}

export function parseFacts(text: string): Fact[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [kind = "", name = "", value = "", since = ""] = line.split("\t");
      return { kind, name, value, since: timeOf(since) };
    });
}

function timeOf(seconds: string): string | null {
  return /^\d{9,11}$/.test(seconds) ? new Date(Number(seconds) * 1000).toISOString() : null;
}
