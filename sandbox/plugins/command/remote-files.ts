import { posix } from "node:path";

import ssh2, { type Client, type SFTPWrapper, type Stats } from "ssh2";

/** The files of a machine, over SFTP. Parent folders are made as needed. */
export class RemoteFiles {
  readonly #sftp: SFTPWrapper;

  private constructor(sftp: SFTPWrapper) {
    this.#sftp = sftp;
  }

  static async over(client: Client): Promise<RemoteFiles> {
    return new RemoteFiles(await answered<SFTPWrapper>((done) => client.sftp(done)));
  }

  async kind(path: string): Promise<"file" | "directory" | undefined> {
    try {
      const stats = await answered<Stats>((done) => this.#sftp.stat(path, done));
      return stats.isDirectory() ? "directory" : "file";
    } catch (error) {
      if ((error as { code?: unknown }).code === ssh2.utils.sftp.STATUS_CODE.NO_SUCH_FILE) return undefined;
      throw new Error(`failed to stat remote path ${path}: ${(error as Error).message}`, { cause: error });
    }
  }

  async makeDirectory(path: string): Promise<void> {
    const kind = await this.kind(path);
    if (kind === "directory") return;
    if (kind === "file") throw new Error(`remote path ${path} exists but is not a directory`);
    await this.makeDirectory(posix.dirname(path));
    try {
      await answered((done) => this.#sftp.mkdir(path, done));
    } catch (error) {
      // Another copy may have made it in between.
      if ((await this.kind(path)) === "directory") return;
      throw new Error(`failed to create remote directory ${path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Writes a whole file, over one that is there. */
  async write(path: string, content: Buffer): Promise<void> {
    await this.makeDirectory(posix.dirname(path));
    try {
      await answered((done) => this.#sftp.writeFile(path, content, done));
    } catch (error) {
      throw new Error(`failed to write remote file ${path}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** A callback's answer as a promise; ssh2's overloads defeat util.promisify. */
function answered<T>(
  ask: (done: (error: Error | null | undefined, answer?: T) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, answer) => (error ? reject(error) : resolve(answer as T)));
  });
}
