// @ts-check

import { make } from '../elements.js';
import { hint, load, nothing } from '../part.js';
import { table } from '../table.js';
import { chart } from './chart.js';
import { dayText, daysBetween, each, monthAfter, monthText, months, periodText, plus, shortText } from './days.js';
import { costOf, nameOf } from './figure.js';
import { money, textOf, unitsOf } from './money.js';

/**
 * @typedef {import('./finance-api.js').CostRow} CostRow
 * @typedef {import('./chart.js').Bar} Bar
 * @typedef {{ days: import('./finance-api.js').Days, unit: 'day' | 'month', rows: CostRow[] }} Answer
 */

/** Series of the chart; what is left is one more. */
const SERIES = 5;

/** A chart of fewer days shows those before them too. */
const FEWEST_DAYS = 14;

/** One of more days than this has months. */
const MOST_DAYS = 92;

/**
 * What each day or month cost, and what that is made of.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mountTrend(element, { api, place, signal, href }) {
  const { period, filters, stack } = place;
  load(element, signal, ask, draw);

  /** @returns {Promise<Answer>} */
  async function ask() {
    const length = daysBetween(period.from, period.to);
    const days = length < FEWEST_DAYS ? { from: plus(period.to, -FEWEST_DAYS), to: period.to } : period;
    const unit = length > MOST_DAYS ? 'month' : 'day';
    return { days, unit, rows: await api.costs(days, [unit, stack], filters, signal) };
  }

  /** @param {Answer} answer */
  function draw({ days, unit, rows }) {
    if (rows.length === 0) return [nothing(`Nothing was spent from ${periodText(days)}.`)];
    const { currency } = costOf(rows);
    const drawn = rows.filter((row) => row.currency === currency);
    const names = greatest(drawn);
    const times = unit === 'day' ? each(days.from, days.to) : months(days.from, days.to);
    const bars = times.map((time) => bar(time, unit, drawn.filter((row) => row[unit] === time), names));
    const title = `Cost by ${unit}, ${currency}, made of ${stack}s`;
    const asTable = table(title, 'trend-table', columnsOf(bars[0], currency), [...bars].reverse());
    return [
      chart(title, currency, bars, signal),
      ...(drawn.length < rows.length ? [hint(`Only ${currency} is drawn. See below for other currencies.`)] : []),
      make('details', {}, make('summary', {}, 'The same as a table'), asTable.element),
    ];
  }

  /**
   * @param {string} time
   * @param {'day' | 'month'} unit
   * @param {CostRow[]} rows
   * @param {{ shown: string[], hasOthers: boolean }} names
   * @returns {Bar}
   */
  function bar(time, unit, rows, { shown, hasOthers }) {
    const parts = shown.map((name) => ({ name: nameOf(name), units: sum(rows.filter((row) => row[stack] === name)) }));
    if (hasOthers) parts.push({ name: 'others', units: sum(rows.filter((row) => !shown.includes(row[stack] ?? ''))) });
    const to = unit === 'day' ? plus(time, 1) : monthAfter(time);
    return {
      title: unit === 'day' ? dayText(time) : monthText(time),
      label: unit === 'day' ? shortText(time) : monthText(time),
      href: href({ period: { name: 'custom', from: time, to } }),
      parts,
    };
  }

  /** Those that cost most, and whether there are more. @param {CostRow[]} rows */
  function greatest(rows) {
    /** @type {Map<string, bigint>} */
    const costs = new Map();
    for (const row of rows) {
      const name = row[stack] ?? '';
      costs.set(name, (costs.get(name) ?? 0n) + unitsOf(row.cost));
    }
    const names = [...costs].sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0)).map(([name]) => name);
    const hasOthers = names.length > SERIES + 1;
    return { shown: hasOthers ? names.slice(0, SERIES) : names, hasOthers };
  }
}

/** @param {CostRow[]} rows */
function sum(rows) {
  return rows.reduce((all, { cost }) => all + unitsOf(cost), 0n);
}

/**
 * @param {Bar} any
 * @param {string} currency
 * @returns {import('../table.js').Column<Bar>[]}
 */
function columnsOf(any, currency) {
  return [
    { title: 'When', cell: ({ title }) => title },
    {
      title: 'Cost',
      isFigure: true,
      cell: ({ parts }) => money(textOf(parts.reduce((all, { units }) => all + units, 0n)), currency),
    },
    ...any.parts.map(({ name }, index) => ({
      title: name,
      isFigure: true,
      cell: (/** @type {Bar} */ { parts }) => money(textOf(parts[index].units), currency),
    })),
  ];
}
