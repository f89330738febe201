/** @typedef {(text: string) => void} Doing says what takes its time right now */

/** @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Runs one step of set-up and shows it on stderr: one line with its time when it ends. Before that, what it is busy
 * with: on a terminal with a ticking clock, elsewhere as a line of its own, so that a log shows what is waited for.
 * @param {string} name
 * @param {(doing: Doing) => Promise<string>} work answers what came of it
 * @param {{ write(text: string): unknown, isTTY?: boolean }} out
 */
export async function step(name, work, out = process.stderr) {
  const began = performance.now();
  const passed = () => duration(performance.now() - began);
  const label = `  ${name.padEnd(16)}`;
  const clear = out.isTTY ? "\r\u001B[K" : "";
  let busyWith = "";
  const draw = () => out.write(`${clear}${label}${busyWith} … ${passed()}`);
  const ticking = out.isTTY ? setInterval(draw, 1000) : undefined;
  /** @type {Doing} */
  const doing = (text) => {
    busyWith = text;
    if (out.isTTY) draw();
    else out.write(`${label}${text} …\n`);
  };
  try {
    const result = await work(doing);
    out.write(`${clear}${label}${result.padEnd(52)} ${passed()}\n`);
  } catch (error) {
    out.write(`${clear}${label}failed after ${passed()}\n`);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}
