import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";

/** Says what is being done, how far it is, and how long it took. Never on stdout. */
export interface Progress {
  /** Runs one step under a title. `tell` changes the line while it runs: "12 of 40 resources". */
  step<T>(title: string, run: (tell: (text: string) => void) => Promise<T>): Promise<T>;
  /** A line that stays. */
  note(text: string): void;
  /** The step that runs now, or ran last. */
  readonly current: string;
}

/** Progress for people, on stderr: animated on a terminal, else a line when a step ends. */
export function stderrProgress(): Progress {
  let current = "";
  return {
    get current() {
      return current;
    },
    async step(title, run) {
      current = title;
      return await listed(title, run);
    },
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** Progress that nobody sees, for `--json` and tests; it still knows the current step. */
export function silentProgress(): Progress {
  let current = "";
  return {
    get current() {
      return current;
    },
    async step(title, run) {
      current = title;
      return await run(() => {});
    },
    note: () => {},
  };
}

async function listed<T>(title: string, run: (tell: (text: string) => void) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined;
  const toStderr = () =>
    new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const tasks = new Listr(
    [
      {
        title,
        task: async (_, task) => {
          result = { value: await run((text) => (task.output = text)) };
        },
      },
    ],
    {
      renderer: process.stderr.isTTY ? "default" : "simple",
      // Ctrl-C belongs to the engine, which ends its update in order; main.ts says what happens.
      registerSignalListeners: false,
      rendererOptions: {
        timer: PRESET_TIMER,
        logger: toStderr(),
        ...(process.stderr.isTTY ? {} : quietSteps),
      },
    },
  );
  await tasks.run();
  if (!result) throw new Error(`step "${title}" ended without a result`);
  return result.value;
}

// Without a terminal one line a step: no line for its beginning, none for what it tells meanwhile.
const quietSteps = { outputBar: false } as const;
