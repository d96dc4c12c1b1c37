// @ts-check

import { make, svg } from '../elements.js';
import { load } from '../part.js';
import { dayText, each, plus, shortText, today } from './days.js';
import { moneyText, percent, ratio, textOf, unitsOf } from './money.js';

/**
 * @typedef {import('./finance-api.js').Cap} Cap
 * @typedef {import('./finance-api.js').CostRow} CostRow
 */

const WIDTH = 640;
const HEIGHT = 120;
const EDGE = 20;

/**
 * How a monthly cap was used up, day by day, beside how it would be if every day took the same.
 * Asked for when it is opened.
 *
 * @param {Cap} cap
 * @param {import('./finance-api.js').FinanceApi} api
 * @param {AbortSignal} signal
 */
export function burnDown(cap, api, signal) {
  const content = make('div');
  const details = /** @type {HTMLDetailsElement} */ (
    make('details', { 'data-testid': 'burn-down' }, make('summary', {}, 'Burn-down, day by day'), content)
  );
  details.addEventListener('toggle', () => details.open && load(content, signal, ask, draw), { signal });
  return details;

  function ask() {
    const days = { from: cap.periodStart.slice(0, 10), to: plus(today(), 1) };
    return api.costs(days, ['day'], { [cap.scope]: cap.subject }, signal);
  }

  /** @param {CostRow[]} rows */
  function draw(rows) {
    const from = cap.periodStart.slice(0, 10);
    const to = cap.periodEnd.slice(0, 10);
    const limit = unitsOf(cap.hard ?? cap.soft ?? '0');
    const left = leftAfter(rows.filter(({ currency }) => currency === cap.currency), from, limit);
    const room = (WIDTH - 2 * EDGE) / each(from, to).length;
    const steps = left.flatMap((units, index) => [`${EDGE + index * room},${yOf(left[index - 1] ?? limit)}`, `${EDGE + (index + 1) * room},${yOf(units)}`]);
    const remains = left.at(-1) ?? limit;
    const words = `${moneyText(textOf(remains), cap.currency)}, ${percent(remains < 0n ? 0n : remains, limit)}, is left after ${dayText(today())}`;
    const picture = svg(
      'svg',
      { class: 'burn-down', role: 'img', 'aria-label': words, viewBox: `0 0 ${WIDTH} ${HEIGHT}` },
      svg('line', { class: 'ruler', x1: EDGE, x2: WIDTH - EDGE, y1: yOf(0n), y2: yOf(0n) }),
      svg('line', { class: 'burn-even', x1: EDGE, x2: WIDTH - EDGE, y1: yOf(limit), y2: yOf(0n) }),
      svg('polyline', { class: 'burn-left', points: [`${EDGE},${yOf(limit)}`, ...steps].join(' ') }),
      label(shortText(from), EDGE, 'start'),
      label(shortText(plus(to, -1)), WIDTH - EDGE, 'end'),
    );
    return [picture, make('p', { class: 'hint' }, `${words}, of ${moneyText(textOf(limit), cap.currency)}. The thin line is an even pace.`)];

    /** @param {bigint} units */
    function yOf(units) {
      return EDGE / 2 + (1 - ratio(units < 0n ? 0n : units, limit)) * (HEIGHT - 1.5 * EDGE);
    }
  }
}

/**
 * What is left after each day that has begun.
 *
 * @param {CostRow[]} rows
 * @param {string} from
 * @param {bigint} limit
 */
function leftAfter(rows, from, limit) {
  let left = limit;
  return each(from, plus(today(), 1)).map((day) => {
    for (const row of rows) if (row.day === day) left -= unitsOf(row.cost);
    return left;
  });
}

/**
 * @param {string} words
 * @param {number} x
 * @param {string} anchor
 */
function label(words, x, anchor) {
  const text = svg('text', { class: 'axis', x, y: HEIGHT - 1, 'text-anchor': anchor, 'aria-hidden': 'true' });
  text.textContent = words;
  return text;
}
