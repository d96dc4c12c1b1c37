// @ts-check

import { make, redraw } from '../elements.js';
import { count, hint, section } from '../part.js';
import { meter } from './meter.js';
import { liveTable } from './live-table.js';

/** What came of an attempt that is no error. */
const WORDS = new Map([
  ['answered', 'answered'],
  ['stopped', 'stopped: cancelled, or handed back'],
]);

/**
 * The calls of the last minute, and what came of them.
 *
 * @param {HTMLElement} element
 * @returns {(overview: import('./ops-api.js').Overview) => void}
 */
export function mount(element) {
  const said = make('p', { class: 'attempts-words', 'data-testid': 'attempts-words' });
  const none = hint('');

  /** @type {import('./live-table.js').Column<{ code: string, per_minute: number, whole: number }>[]} */
  const columns = [
    { title: 'What came of them', cell: ({ code }) => WORDS.get(code) ?? make('code', {}, code) },
    { title: 'Calls', isFigure: true, cell: (row) => count(row.per_minute) },
    { title: 'Share', cell: ({ code, per_minute: part, whole }) => meter(`${code}: ${share(part, whole)}`, [{ kind: 'used', amount: part }], whole) },
    { title: 'Percent', isFigure: true, cell: ({ per_minute: part, whole }) => share(part, whole) },
  ];
  const table = liveTable('Attempts by what came of them', 'attempts', columns, (row) => row.code);
  element.append(section('Attempts of the last minute', 'attempts-panel', said, none, table.element));
  return ({ attempts }) => {
    const whole = attempts.per_minute;
    const errors = attempts.by_code.filter((each) => !WORDS.has(each.code)).reduce((sum, each) => sum + each.per_minute, 0);
    redraw(said, figure(whole, 'calls'), figure(attempts.retries_per_minute, 'retries'), figure(errors, 'errors'));
    none.textContent = whole === 0 ? 'No call has ended.' : '';
    table.element.hidden = whole === 0;
    table.show(attempts.by_code.map((each) => ({ ...each, whole })));
  };
}

/**
 * @param {number} number
 * @param {string} words
 */
function figure(number, words) {
  return make('span', {}, make('strong', {}, count(number)), ` ${words}`);
}

/**
 * @param {number} part
 * @param {number} whole
 */
function share(part, whole) {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}
