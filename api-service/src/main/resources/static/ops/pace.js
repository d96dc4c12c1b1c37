// @ts-check

import { svg } from '../elements.js';

/** For how long it is kept, in ms. */
const SPAN = 120_000;

/** A longer pause between two looks is a gap, in ms: nobody knows what was in it. */
const GAP = 4_000;

const WIDTH = 120;
const HEIGHT = 28;

/** How requests came and went in the last two minutes, as far as this page has seen it. */
export class Pace {
  /** @type {{ at: number, in: number, out: number }[]} */
  #seen = [];

  /** @param {import('./ops-api.js').Overview} overview */
  add({ at, fleet }) {
    const moment = Date.parse(at);
    if (moment <= (this.#seen.at(-1)?.at ?? 0)) return;
    this.#seen.push({ at: moment, in: fleet.requests_in, out: fleet.requests_out });
    this.#seen = this.#seen.filter((each) => moment - each.at <= SPAN);
  }

  /**
   * A line of it; both lines have the same scale, so that they can be compared.
   *
   * @param {'in' | 'out'} which
   */
  line(which) {
    const last = this.#seen.at(-1)?.at ?? 0;
    const most = Math.max(1, ...this.#seen.flatMap((each) => [each.in, each.out]));
    let path = '';
    let before = -Infinity;
    for (const each of this.#seen) {
      const x = WIDTH - ((last - each.at) / SPAN) * WIDTH;
      const y = HEIGHT - 1 - (each[which] / most) * (HEIGHT - 2);
      path += `${each.at - before > GAP ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      before = each.at;
    }
    return svg(
      'svg',
      { class: 'pace', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('path', { class: 'pace-base', d: `M0 ${HEIGHT - 1}H${WIDTH}` }),
      svg('path', { d: path }),
    );
  }
}
