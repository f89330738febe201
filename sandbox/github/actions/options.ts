/** What running workflows needs of the computer. */
export interface ActionsConfig {
  /** Path of act. */
  act: string;
  /** Where runs work, and where their logs and artifacts are kept. */
  dir: string;
  /** The address of this GitHub, for the API: `http://127.0.0.1:7701`. */
  origin: string;
  /** What every step finds in its environment beside GitHub's own: PATH, and where the sandbox is. */
  env: Readonly<Record<string, string>>;
  /** The repository that is a checkout of this computer; all others are rows, and small. */
  checkout?: CheckoutConfig;
}

export interface CheckoutConfig {
  /** `owner/name` */
  repository: string;
  /** The clone whose HEAD the default branch stands at. */
  folder: string;
  /** Where stack files are that git does not hold, and locks that runs share with people. */
  project: string;
}

/** Who acts when a workflow does. */
export const bot = "github-actions[bot]";
