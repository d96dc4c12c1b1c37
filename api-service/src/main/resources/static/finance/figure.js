// @ts-check

import { make } from '../elements.js';
import { Sums, percent, ratio } from './money.js';

/** @typedef {import('./finance-api.js').CostRow} CostRow */

/** @param {string} name */
export function nameOf(name) {
  return name === '' ? '(none)' : name;
}

/**
 * A share that is seen, and read.
 *
 * @param {bigint} part
 * @param {bigint} whole
 */
export function share(part, whole) {
  const bar = make('progress', { class: 'share-bar', max: '1', value: String(ratio(part, whole)), 'aria-hidden': 'true' });
  return make('span', { class: 'share' }, bar, percent(part, whole));
}

/**
 * Links of which one is chosen.
 *
 * @template {string} T
 * @param {string} label
 * @param {string} name
 * @param {readonly (readonly [T, string])[]} choices what is chosen, and the words for it
 * @param {T | null} chosen
 * @param {(choice: T) => string} href
 */
export function choice(label, name, choices, chosen, href) {
  const links = choices.map(([each, words]) => {
    const id = `${name}-${each || 'all'}`;
    return make('a', { href: href(each), 'data-testid': id, 'data-keep': id, 'aria-current': each === chosen && 'true' }, words);
  });
  return make('div', { class: 'choice', role: 'group', 'aria-label': label }, ...links);
}

/** @param {CostRow[]} rows */
export function costOf(rows) {
  const sum = new Sums();
  for (const row of rows) sum.add(row.currency, row.cost);
  return sum;
}
