const pages = ["constitution.md", "prd.md", "plan.md", "tasks.md"];
const states = ["done", "partly", "open"];

/** What is wrong with a spec kit, as sentences with their place. @param read the text of one of its pages, if it is there */
export function specFaults(kit: string, read: (page: string) => string | undefined): string[] {
  const texts = pages.map((page) => ({ page: `spec/${kit}/${page}`, text: read(page) }));
  const lacking = texts.flatMap(({ page, text }) => {
    if (text === undefined) return [`${page}: is missing; every kit has ${pages.join(", ")}`];
    return /^# \S.*\n\n\S/.test(text) ? [] : [`${page}: does not begin with a heading and a text below it`];
  });
  return [...lacking, ...taskFaults(`spec/${kit}/tasks.md`, read("tasks.md") ?? "")];
}

/** Rows of the task tables: number, what, status, where. */
function taskFaults(page: string, text: string): string[] {
  const rows = [...text.matchAll(/^\| ([TP]\d+\.\d+) +\|(.*)\|$/gm)].map(([, number = "", cells = ""]) => ({
    number,
    cells: cells.split("|").map((cell) => cell.trim()),
  }));
  const seen = new Set<string>();
  return rows.flatMap(({ number, cells: [what, status = "", where] }) => {
    const twice = seen.has(number) ? [`${page}: ${number} is there twice`] : [];
    seen.add(number);
    if (what === "") return [...twice, `${page}: ${number} says not what it is`];
    if (!states.includes(status))
      return [...twice, `${page}: ${number} is "${status}"; there is ${states.join(", ")}`];
    return status !== "open" && where === ""
      ? [...twice, `${page}: ${number} is ${status}, but says not where`]
      : twice;
  });
}
