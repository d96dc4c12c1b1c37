// @ts-check

import * as attempts from './attempts.js';
import * as concurrency from './concurrency.js';
import * as fleet from './fleet.js';
import * as lanes from './lanes.js';
import * as pools from './pools.js';
import * as workers from './workers.js';

/** From what is asked first to what is asked then. */
const PARTS = [fleet, concurrency, lanes, pools, workers, attempts];

/**
 * The fleet at a glance, with its controls.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 * @returns {import('./page.js').Shown<void>}
 */
export function mount(element, context) {
  const shown = PARTS.map((part) => part.mount(element, context));
  return {
    ask: async () => {},
    show: (overview) => shown.forEach((show) => show(overview)),
  };
}
