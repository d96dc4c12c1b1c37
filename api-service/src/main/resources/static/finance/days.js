// @ts-check

/**
 * Days as the ledger has them: of UTC, written `2026-11-25`, which also is their order.
 *
 * @typedef {string} Day
 */

/**
 * @typedef {object} Period
 * @property {'today' | 'month' | '30d' | 'custom'} name
 * @property {Day} from its first day
 * @property {Day} to the day after its last one
 */

const MS_A_DAY = 86_400_000;

/** As many as the API answers at once. */
export const LONGEST_PERIOD = 400;

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const shortFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** @returns {Day} */
export function today() {
  return new Date().toISOString().slice(0, 10);
}

/** @param {string | null} text @returns {text is Day} */
export function isDay(text) {
  if (text === null || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/**
 * @param {Day} day
 * @param {number} count
 * @returns {Day}
 */
export function plus(day, count) {
  return new Date(Date.parse(day) + count * MS_A_DAY).toISOString().slice(0, 10);
}

/** @param {Day} day @returns {Day} the first of its month */
export function monthOf(day) {
  return `${day.slice(0, 7)}-01`;
}

/** @param {Day} day @returns {Day} the first of the next month */
export function monthAfter(day) {
  return monthOf(plus(monthOf(day), 31));
}

/**
 * @param {Day} from
 * @param {Day} to
 */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / MS_A_DAY);
}

/**
 * @param {Day} from
 * @param {Day} to not included
 * @returns {Day[]}
 */
export function each(from, to) {
  return Array.from({ length: Math.max(0, daysBetween(from, to)) }, (_, index) => plus(from, index));
}

/**
 * The first days of all months that a period touches.
 *
 * @param {Day} from
 * @param {Day} to not included
 * @returns {Day[]}
 */
export function months(from, to) {
  const all = [];
  for (let month = monthOf(from); month < to; month = monthAfter(month)) all.push(month);
  return all;
}

/** @param {Day} day */
export function dayText(day) {
  return dayFormat.format(new Date(day));
}

/** @param {Day} day */
export function shortText(day) {
  return shortFormat.format(new Date(day));
}

/** @param {Day} month its first day */
export function monthText(month) {
  return monthFormat.format(new Date(month));
}

/** @param {Pick<Period, 'from' | 'to'>} period */
export function periodText({ from, to }) {
  const last = plus(to, -1);
  return from === last ? dayText(from) : `${dayText(from)} to ${dayText(last)}`;
}
