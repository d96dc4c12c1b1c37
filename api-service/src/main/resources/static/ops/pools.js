// @ts-check

import { make, redraw } from '../elements.js';
import { badge, count, hint, section } from '../part.js';
import { meter, swatch } from './meter.js';
import { bandwidthName, factorWords } from './words.js';

/**
 * @typedef {import('./ops-api.js').Pool} Pool
 * @typedef {import('./ops-api.js').Bandwidth} Bandwidth
 */

/**
 * The budget of each pool: what is used, reserved, left.
 *
 * @param {HTMLElement} element
 * @returns {(overview: import('./ops-api.js').Overview) => void}
 */
export function mount(element) {
  const list = make('ul', { class: 'pools', 'data-testid': 'pools' });
  element.append(
    section('Budgets', 'pools-panel', hint('Of the last minute, or of the day’s allowance. Reserved is for calls that are about to start.'), list),
  );
  return ({ pools }) => redraw(list, ...pools.map(card));
}

/** @param {Pool} pool */
function card(pool) {
  return make(
    'li',
    { class: 'pool', 'data-testid': 'pool' },
    make('div', { class: 'pool-head' }, make('h4', {}, pool.pool), state(pool)),
    ...pool.bandwidths.map((bandwidth) => bar(pool, bandwidth)),
    make('p', { class: 'hint' }, details(pool)),
  );
}

/** @param {Pool} pool */
function state({ circuit, circuit_code: code, limiting_factor: factor }) {
  if (circuit === 'open') return badge('wrong', `closed by the provider: ${code}`);
  const { name, kind } = factorWords(factor);
  return badge(kind, factor === 'idle' ? 'Idle' : name);
}

/**
 * @param {Pool} pool
 * @param {Bandwidth} bandwidth
 */
function bar({ pool }, { name, limit, used, reserved, left }) {
  const title = bandwidthName(name);
  const words = `${count(used)} used, ${count(reserved)} reserved, ${count(left)} left of ${count(limit)}`;
  return make(
    'div',
    { class: 'meter-part', 'data-testid': `bandwidth-${name}` },
    make('p', { class: 'meter-words' }, make('strong', {}, title), make('span', { class: 'of' }, `of ${count(limit)}`)),
    meter(`${title} of ${pool}: ${words}`, [{ kind: 'used', amount: used }, { kind: 'reserved', amount: reserved }], limit),
    make(
      'p',
      { class: 'meter-figures' },
      make('span', { 'data-testid': 'used' }, swatch('used'), `${count(used)} used`),
      make('span', {}, swatch('reserved'), `${count(reserved)} reserved`),
      make('span', {}, `${count(left)} left`),
    ),
  );
}

/** @param {Pool} pool */
function details({ usable_concurrency: usable, mean_latency_ms: latency, mean_tokens: tokens, yielded_share: yielded }) {
  const words = [];
  if (usable !== null) words.push(`usable concurrency ${count(usable)}`);
  if (latency !== null) words.push(`a call takes ${(latency / 1_000).toFixed(1)} s`);
  if (tokens !== null) words.push(`and ${count(tokens)} tokens`);
  if (Number(yielded) > 0) words.push(`${Math.round(Number(yielded) * 100)} % left to others on the account`);
  return words.length === 0 ? 'No call was answered in the last minute.' : words.join(', ').replace(/^./, (first) => first.toUpperCase());
}
