/** How long the queue of a group may be with `queue: max`. */
const longest = 100;

/** How somebody enters a group. */
export interface Entry {
  /** Ends whoever runs. */
  cancelInProgress?: boolean;
  /** Whoever waits already keeps the place. */
  queue?: boolean;
}

/** What a place in a concurrency group comes to. */
export type Place = { release: () => void } | "cancelled";

interface Holder {
  /** Told when it shall make room. */
  cancel: () => void;
}

interface Group {
  running: Holder;
  waiting: { holder: Holder; go: (place: Place) => void }[];
}

/**
 * Concurrency groups as GitHub keeps them: one runs, one waits, and a newer one takes the place of the one that waits; with
 * `queue: max` all wait.
 *
 * @see https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export class Groups {
  readonly #groups = new Map<string, Group>();

  /** Waits for the group. @param cancel ends the holder, when a later one wants its place at once */
  async enter(name: string, { cancelInProgress, queue }: Entry, cancel: () => void): Promise<Place> {
    const holder = { cancel };
    const group = this.#groups.get(name);
    if (!group) {
      this.#groups.set(name, { running: holder, waiting: [] });
      return { release: () => this.#release(name, holder) };
    }
    if (!queue) for (const { go } of group.waiting.splice(0)) go("cancelled");
    if (cancelInProgress) group.running.cancel();
    if (group.waiting.length >= longest) return "cancelled";
    return await new Promise((go) => group.waiting.push({ holder, go }));
  }

  /** Takes back a wait, as when the run is cancelled while it waits. */
  leave(name: string, cancel: () => void): void {
    const { waiting = [] } = this.#groups.get(name) ?? {};
    const place = waiting.findIndex(({ holder }) => holder.cancel === cancel);
    if (place !== -1) waiting.splice(place, 1)[0]?.go("cancelled");
  }

  #release(name: string, holder: Holder): void {
    const group = this.#groups.get(name);
    if (group?.running !== holder) return;
    const next = group.waiting.shift();
    if (!next) {
      this.#groups.delete(name);
      return;
    }
    group.running = next.holder;
    next.go({ release: () => this.#release(name, next.holder) });
  }
}
