// @ts-check

import { LONGEST_PERIOD, daysBetween, isDay, monthOf, plus, today } from './days.js';

/**
 * @typedef {import('./days.js').Period} Period
 * @typedef {'costs' | 'requests' | 'request' | 'savings' | 'caps' | 'reconciliation' | 'prices' | 'exports'} View
 * @typedef {'team' | 'user' | 'project' | 'model' | 'priority'} Dimension
 * @typedef {Partial<Record<Dimension, string>>} Filters
 */

/**
 * What the page shows. The address says it, so that it can be kept, sent and gone back to.
 *
 * @typedef {object} Place
 * @property {View} view
 * @property {Period} period
 * @property {Dimension} by what the costs are broken down by
 * @property {typeof STACKS[number]} stack what the days of the chart are made of
 * @property {Filters} filters
 * @property {'' | 'estimated' | 'unpriced' | 'suspect'} state of the requests
 * @property {string} request its id
 */

/** @type {Dimension[]} */
export const DIMENSIONS = ['team', 'user', 'project', 'model', 'priority'];

export const STACKS = /** @type {const} */ (['model', 'team']);

/** @type {View[]} */
const VIEWS = ['costs', 'requests', 'request', 'savings', 'caps', 'reconciliation', 'prices', 'exports'];

/**
 * Reads an address. What it does not say, or says wrong, is what most people want.
 *
 * @param {string} query
 * @returns {Place}
 */
export function placeOf(query) {
  const words = new URLSearchParams(query);
  /** @type {Filters} */
  const filters = {};
  for (const dimension of DIMENSIONS) {
    const value = words.get(dimension);
    if (value !== null) filters[dimension] = value;
  }
  return {
    view: oneOf(words.get('view'), VIEWS),
    period: periodOf(words),
    by: oneOf(words.get('by'), DIMENSIONS),
    stack: oneOf(words.get('stack'), STACKS),
    filters,
    state: oneOf(words.get('state'), /** @type {const} */ (['', 'estimated', 'unpriced', 'suspect'])),
    request: words.get('request') ?? '',
  };
}

/**
 * The address of a place: no more in it than is needed.
 *
 * @param {Place} place
 */
export function queryOf({ view, period, by, stack, filters, state, request }) {
  const words = new URLSearchParams();
  if (view !== 'costs') words.set('view', view);
  if (request !== '' && view === 'request') words.set('request', request);
  if (period.name !== 'month') words.set('period', period.name);
  if (period.name === 'custom') {
    words.set('from', period.from);
    words.set('to', plus(period.to, -1));
  }
  if (by !== 'team') words.set('by', by);
  if (stack !== 'model') words.set('stack', stack);
  if (state !== '' && view === 'requests') words.set('state', state);
  for (const [dimension, value] of Object.entries(filters)) words.set(dimension, value);
  return `?${words}`;
}

/**
 * @param {'today' | 'month' | '30d'} name
 * @returns {Period}
 */
export function periodNamed(name) {
  const now = today();
  const from = { today: now, month: monthOf(now), '30d': plus(now, -29) }[name];
  return { name, from, to: plus(now, 1) };
}

/**
 * @param {string} from first day
 * @param {string} last last day
 * @returns {{ period: Period, problem: null } | { period: null, problem: string }}
 */
export function periodBetween(from, last) {
  if (!isDay(from) || !isDay(last)) return { period: null, problem: 'Choose a first and a last day.' };
  if (last < from) return { period: null, problem: 'The last day is before the first one.' };
  const days = daysBetween(from, last) + 1;
  if (days > LONGEST_PERIOD) {
    return { period: null, problem: `That is ${days} days. Choose at most ${LONGEST_PERIOD}.` };
  }
  return { period: { name: 'custom', from, to: plus(last, 1) }, problem: null };
}

/** @param {URLSearchParams} words @returns {Period} */
function periodOf(words) {
  const name = oneOf(words.get('period'), /** @type {const} */ (['month', 'today', '30d', 'custom']));
  if (name !== 'custom') return periodNamed(name);
  const { period } = periodBetween(words.get('from') ?? '', words.get('to') ?? '');
  return period ?? periodNamed('month');
}

/**
 * @template {string} T
 * @param {string | null} word
 * @param {readonly T[]} known the first is meant where the word is none of them
 * @returns {T}
 */
function oneOf(word, known) {
  return known.find((each) => each === word) ?? known[0];
}
