/** What a place in a concurrency group comes to. */
export type Place = { release: () => void } | "cancelled";

interface Holder {
  /** Told when it shall make room. */
  cancel: () => void;
}

interface Group {
  running: Holder;
  waiting?: { holder: Holder; go: (place: Place) => void };
}

/**
 * Concurrency groups as GitHub keeps them: one runs, one waits, and a newer one takes the place of the one that waits.
 *
 * @see https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export class Groups {
  readonly #groups = new Map<string, Group>();

  /** Waits for the group. @param cancel ends the holder, when a later one wants its place at once */
  async enter(name: string, cancelInProgress: boolean, cancel: () => void): Promise<Place> {
    const holder = { cancel };
    const group = this.#groups.get(name);
    if (!group) {
      this.#groups.set(name, { running: holder });
      return { release: () => this.#release(name, holder) };
    }
    group.waiting?.go("cancelled");
    if (cancelInProgress) group.running.cancel();
    return await new Promise((go) => (group.waiting = { holder, go }));
  }

  /** Takes back a wait, as when the run is cancelled while it waits. */
  leave(name: string, cancel: () => void): void {
    const group = this.#groups.get(name);
    if (group?.waiting?.holder.cancel !== cancel) return;
    group.waiting.go("cancelled");
    delete group.waiting;
  }

  #release(name: string, holder: Holder): void {
    const group = this.#groups.get(name);
    if (group?.running !== holder) return;
    const next = group.waiting;
    if (!next) {
      this.#groups.delete(name);
      return;
    }
    this.#groups.set(name, { running: next.holder });
    next.go({ release: () => this.#release(name, next.holder) });
  }
}
