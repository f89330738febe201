import ssh2 from "ssh2";

/** Both halves as OpenSSH writes them. */
export interface KeyPair {
  private: string;
  public: string;
}

/**
 * Makes an Ed25519 key. Of those that ssh2 makes one in 250 is read by nobody, not even by OpenSSH: where the public half
 * begins with a zero byte, that byte is left out (https://github.com/mscdex/ssh2/issues/1390).
 */
export function newKeyPair(comment = ""): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    const halves = [pair.private, pair.public].map((half) => ssh2.utils.parseKey(half));
    if (!halves.some((half) => half instanceof Error)) return pair;
  }
}
