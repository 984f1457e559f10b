/** The program around a simulation: a terminal that may send Ctrl-C, a page that wants to draw. */

/** Lets the host do what waits, and comes back as soon as it can: at once in Node, after 0 to 4 ms in a browser. */
export function letHostWork(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
