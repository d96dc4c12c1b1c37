// @ts-check

import { make } from '../elements.js';
import { count, figure, hint, link, load, nothing, section } from '../part.js';
import { mountBreakdown } from './breakdown.js';
import { monthAfter, monthOf, periodText, plus, shortText, today } from './days.js';
import { choice, costOf } from './figure.js';
import { Sums, percent, rounded, textOf, unitsOf } from './money.js';
import { DIMENSIONS, STACKS } from './place.js';
import { mountTrend } from './trend.js';

/**
 * @typedef {import('./finance-api.js').CostRow} CostRow
 * @typedef {import('./finance-api.js').SavingsRow} SavingsRow
 * @typedef {import('./place.js').Place} Place
 */

const MS_A_DAY = 86_400_000n;
const ONE = unitsOf('1');

/**
 * What was spent: now, over time, by whom.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, context) {
  const { api, place, signal, href } = context;
  const { period, filters, by, stack } = place;
  const figures = make('div', { class: 'figures', 'data-testid': 'figures' });
  const whole = make('div', { class: 'whole' });
  const trend = make('div');
  const breakdown = make('div');
  const stacks = choice('Made of', 'stack', STACKS.map((each) => [each, `by ${each}`]), stack, (each) => href({ stack: each }));
  const dimensions = choice('By', 'by', DIMENSIONS.map((each) => [each, `by ${each}`]), by, (each) => href({ by: each }));
  element.append(
    figures,
    section('In this period', 'period', hint(periodText(period)), whole),
    section('Cost over time', 'trend', stacks, trend),
    section('Where it went', 'breakdown', dimensions, breakdown),
  );
  load(figures, signal, askFigures, drawFigures);
  load(whole, signal, () => api.costs(period, ['model'], filters, signal), drawWhole);
  mountTrend(trend, context);
  mountBreakdown(breakdown, context);

  function askFigures() {
    const now = today();
    const month = { from: monthOf(now), to: plus(now, 1) };
    return Promise.all([
      api.costs(month, ['day'], filters, signal),
      api.savings(month, ['source'], filters, signal),
    ]);
  }

  /** @param {[CostRow[], SavingsRow[]]} answer */
  function drawFigures([days, savings]) {
    const now = today();
    const daily = costOf(days.filter(({ day }) => day === now));
    const monthly = costOf(days);
    const saved = new Sums();
    for (const row of savings) saved.add(row.currency, row.saved);
    const more = link(href({ view: 'savings', period: context.month() }), 'where from');
    return [
      figure('Today', 'figure-today', daily.show(), 'since midnight UTC'),
      figure('This month', 'figure-month', monthly.show(), `${shortText(monthOf(now))} to ${shortText(now)}`),
      figure('By the month’s end', 'figure-projected', ...projected(monthly)),
      figure('Saved this month', 'figure-saved', saved.show(), more),
    ];
  }

  /** @param {CostRow[]} rows */
  function drawWhole(rows) {
    if (rows.length === 0) return [nothing('Nothing was spent.')];
    const cost = costOf(rows);
    const attempts = total(rows, 'attempts');
    return [
      figure('Cost', 'figure-cost', cost.show(), `${count(attempts)} calls`),
      figure('Estimated', 'figure-estimated', ...estimated(rows, cost)),
      figure('Without a price', 'figure-unpriced', ...calls(rows, 'unpricedAttempts', 'unpriced')),
      figure('Not believable', 'figure-suspect', ...calls(rows, 'suspectAttempts', 'suspect')),
    ];
  }

  /**
   * @param {CostRow[]} rows
   * @param {Sums} cost
   * @returns {[Node, Node | string]}
   */
  function estimated(rows, cost) {
    const part = new Sums();
    for (const row of rows) part.add(row.currency, row.estimatedCost);
    const some = total(rows, 'estimatedAttempts');
    if (some === 0) return [part.show(), 'every call was counted by the provider'];
    const { currency } = cost;
    const share = `${percent(part.of(currency), cost.of(currency))} of the cost, ${count(some)} calls · `;
    return [part.show(), make('span', {}, share, requestsThat('estimated'))];
  }

  /**
   * @param {CostRow[]} rows
   * @param {'unpricedAttempts' | 'suspectAttempts'} field
   * @param {Place['state']} state
   * @returns {[string, Node | string]}
   */
  function calls(rows, field, state) {
    const some = total(rows, field);
    if (some === 0) return ['0', 'calls'];
    const share = percent(BigInt(some), BigInt(total(rows, 'attempts')));
    return [count(some), make('span', {}, `calls, ${share} of all · `, requestsThat(state))];
  }

  /** @param {Place['state']} state */
  function requestsThat(state) {
    return link(href({ view: 'requests', state }), 'see them', `see-${state}`);
  }
}

/**
 * What the month will have cost if it goes on as it went.
 *
 * @param {Sums} monthly
 * @returns {[Node | string, string]}
 */
function projected(monthly) {
  const begin = Date.parse(monthOf(today()));
  const gone = BigInt(Date.now() - begin);
  if (gone < MS_A_DAY) return ['–', 'too early to tell'];
  const length = BigInt(Date.parse(monthAfter(today())) - begin);
  const end = new Sums();
  for (const currency of monthly.currencies) {
    const foretold = (monthly.of(currency) * length) / gone;
    end.add(currency, textOf(rounded(foretold, foretold < ONE ? 6 : 2)));
  }
  return [make('span', {}, '≈ ', end.show()), 'if it goes on as it went'];
}

/**
 * @param {CostRow[]} rows
 * @param {'attempts' | 'estimatedAttempts' | 'unpricedAttempts' | 'suspectAttempts'} field
 */
function total(rows, field) {
  return rows.reduce((sum, row) => sum + row[field], 0);
}
