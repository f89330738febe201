/**
 * A signal that is held back until somebody listens: the Automation API passes an abort on only while the engine's process
 * runs, and one that came before would be lost, with the update going on to its end.
 *
 * @returns the signal to hand on, and what to call at each sign of life of the listener
 * @throws the signal's reason, when it is aborted already
 */
export function heldSignal(signal: AbortSignal): { held: AbortSignal; alive: () => void } {
  signal.throwIfAborted();
  const controller = new AbortController();
  let listening = false;
  const pass = (): void => {
    if (listening && signal.aborted) controller.abort(signal.reason);
  };
  signal.addEventListener("abort", pass, { once: true });
  return {
    held: controller.signal,
    alive: () => {
      listening = true;
      pass();
    },
  };
}
