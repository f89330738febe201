import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

type Rows = Record<string, unknown>;
interface Document {
  sequence: number;
  tables: Record<string, Rows>;
}

/**
 * What one emulated vendor remembers: named tables of plain JSON objects, kept in one readable file.
 *
 * Every change is written before the answer goes out, by rename, so a killed sandbox forgets nothing it has confirmed
 * and never leaves half a file. The worlds are small (hundreds of rows), so the whole file is written each time.
 */
export class Store {
  readonly #file: string | undefined;
  #document: Document;

  /** @param file where to keep it; without one it lives in memory, for unit tests. */
  constructor(file?: string) {
    this.#file = file;
    this.#document = read(file);
  }

  /** The table of that name, made on first use. `T` is what its rows look like; nothing else may write to it. */
  table<T extends object>(name: string): Table<T> {
    const rows = (this.#document.tables[name] ??= {}) as Record<string, T>;
    return new Table<T>(rows, () => this.#save());
  }

  /** The next number of one sequence shared by all tables, so that no two things have the same id. */
  nextId(): number {
    this.#document.sequence += 1;
    this.#save();
    return this.#document.sequence;
  }

  /** Forgets everything. Tables handed out before stay usable. */
  clear(): void {
    for (const rows of Object.values(this.#document.tables))
      for (const id of Object.keys(rows)) delete rows[id];
    this.#save();
  }

  #save(): void {
    if (this.#file === undefined) return;
    const partial = `${this.#file}.partial`;
    writeFileSync(partial, `${JSON.stringify(this.#document, null, 1)}\n`, { mode: 0o600 });
    renameSync(partial, this.#file);
  }
}

/** One kind of thing by id, in the order of creation. Rows are copied in and out: only `put` changes what is kept. */
export class Table<T extends object> {
  readonly #rows: Record<string, T>;
  readonly #save: () => void;

  constructor(rows: Record<string, T>, save: () => void) {
    this.#rows = rows;
    this.#save = save;
  }

  get(id: string | number): T | undefined {
    const row = this.#rows[key(id)];
    return row && structuredClone(row);
  }

  /** All rows, or those that the test accepts, oldest first. */
  list(accept: (row: T) => boolean = () => true): T[] {
    return Object.values(this.#rows)
      .filter(accept)
      .map((row) => structuredClone(row));
  }

  find(accept: (row: T) => boolean): T | undefined {
    return this.list(accept)[0];
  }

  /** Adds or replaces a row and returns it. */
  put(id: string | number, row: T): T {
    this.#rows[key(id)] = structuredClone(row);
    this.#save();
    return row;
  }

  /** Takes a row away; false when there was none. */
  delete(id: string | number): boolean {
    if (!(key(id) in this.#rows)) return false;
    delete this.#rows[key(id)];
    this.#save();
    return true;
  }
}

// A JavaScript object sorts keys that look like integers before all others; the prefix keeps the order of creation.
const key = (id: string | number): string => `:${id}`;

function read(file: string | undefined): Document {
  const empty: Document = { sequence: 0, tables: {} };
  if (file === undefined) return empty;
  mkdirSync(dirname(file), { recursive: true });
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Document;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return empty;
    throw new Error(
      `${file} is not readable as the sandbox's state; "platform sandbox reset" makes it anew`,
      {
        cause: error,
      },
    );
  }
}
