/** For a person: printed without a stack. What is wrong and the way out, in one sentence. */
export class SetupError extends Error {}

/** One way to get a tool is closed on this machine; the next one may be open. The message is the reason. */
export class Unavailable extends Error {}

/**
 * Faults of the machine that no other way would cure, told by what a system call or a child's output says.
 * @param {string} text an error's message, or the output of a command
 * @param {string} where the folder that was written to
 * @returns {SetupError | undefined}
 */
export function machineFault(text, where) {
  if (/ENOSPC|no space left on device/i.test(text)) {
    return new SetupError(
      `the disk that holds ${where} is full; make room (about 4 GB for the first set-up)`,
    );
  }
  const denied = /EACCES|EROFS|EPERM|ENOTDIR|permission denied|read-only file system/i.exec(text);
  if (denied) {
    return new SetupError(
      `${where} cannot be written (${denied[0]}); make it writable, or set HOME, XDG_CACHE_HOME and PULUMI_HOME to ` +
        "folders that are",
    );
  }
  return undefined;
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
