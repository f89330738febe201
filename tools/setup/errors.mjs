/** For a person: printed without a stack. What is wrong and the way out, in one sentence. */
export class SetupError extends Error {}

/** One way to get a tool is closed on this machine; the next one may be open. The message is the reason. */
export class Unavailable extends Error {}

/**
 * Faults of the machine that no other way would cure, told by what a command says or by a system call's code.
 * @param {string} text
 * @param {string} where the folder that was written to
 * @returns {SetupError | undefined}
 */
export function machineFault(text, where) {
  if (/ENOSPC|no space left on device/i.test(text)) {
    return new SetupError(
      `the disk that holds ${where} is full; make room (about 4 GB for the first set-up)`,
    );
  }
  // Making a folder on a read-only disk, Node reports ENOENT: https://github.com/nodejs/node/issues/47098
  const denied =
    /EACCES|EROFS|EPERM|ENOTDIR|[Pp]ermission denied|[Rr]ead-only file system|ENOENT(?=[^\n]*\bmkdir\b)/.exec(
      text,
    );
  if (denied) {
    return new SetupError(
      `${where} cannot be written (${denied[0]}); make it writable, or set HOME, XDG_CACHE_HOME and PULUMI_HOME to ` +
        "folders that are",
    );
  }
  return undefined;
}

/**
 * What a person is told of an error that ended set-up; undefined when it is a bug, which shows its stack.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function forPerson(error) {
  if (error instanceof SetupError) return error.message;
  const { code, syscall, path } = /** @type {NodeJS.ErrnoException} */ (error);
  return path === undefined ? undefined : machineFault(`${code} ${syscall}`, path)?.message;
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
