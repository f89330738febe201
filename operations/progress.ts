import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";

/** Says what is being done, how far it is, and how long it took. Never on stdout. */
export interface Progress {
  /** Runs one step under a title. `tell` says how far it is: "12 of 40 resources". */
  step<T>(title: string, run: (tell: (text: string) => void) => Promise<T>): Promise<T>;
  /** A line that stays. */
  note(text: string): void;
  /** The step that runs now, or ran last. */
  readonly current: string;
}

type Step = Progress["step"];

/** Progress for people, on stderr: animated on a terminal, else a line when a step ends. */
export const stderrProgress = (): Progress =>
  remembering(process.stderr.isTTY ? animatedStep : plainStep, (text) => process.stderr.write(`${text}\n`));

/** Progress that nobody sees, for `--json` and tests; it still knows the current step. */
export const silentProgress = (): Progress =>
  remembering(
    (_, run) => run(() => {}),
    () => {},
  );

function remembering(step: Step, note: (text: string) => void): Progress {
  let current = "";
  return {
    get current() {
      return current;
    },
    step: (title, run) => {
      current = title;
      return step(title, run);
    },
    note,
  };
}

const plainStep: Step = async (title, run) => {
  const started = performance.now();
  const end = (sign: string): void => {
    const seconds = (performance.now() - started) / 1000;
    process.stderr.write(`${sign} ${title} [${seconds.toFixed(1)} s]\n`);
  };
  try {
    const result = await run(() => {});
    end("✔");
    return result;
  } catch (error) {
    end("✖");
    throw error;
  }
};

const animatedStep: Step = async <T>(
  title: string,
  run: (tell: (text: string) => void) => Promise<T>,
): Promise<T> => {
  let result: { value: T } | undefined;
  const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const steps = new Listr(
    [
      {
        title,
        task: async (_, task) => void (result = { value: await run((text) => (task.output = text)) }),
      },
    ],
    {
      // Ctrl-C belongs to the engine, which ends its update in order; main.ts says what happens.
      registerSignalListeners: false,
      rendererOptions: { timer: PRESET_TIMER, logger },
    },
  );
  await steps.run();
  if (!result) throw new Error(`step "${title}" ended without a result`);
  return result.value;
};
