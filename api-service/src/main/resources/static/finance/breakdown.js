// @ts-check

import { make } from '../elements.js';
import { badge, count, link, load, nothing } from '../part.js';
import { table } from '../table.js';
import { costOf, nameOf, share } from './figure.js';
import { money, unitsOf } from './money.js';

/** @typedef {import('./finance-api.js').CostRow} CostRow */

const NAMES = { team: 'Team', user: 'User', project: 'Project', model: 'Model', priority: 'Priority' };

/**
 * Who or what cost how much; each row leads deeper.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mountBreakdown(element, { api, place, signal, href }) {
  const { period, filters, by } = place;
  load(element, signal, () => api.costs(period, [by], filters, signal), draw);

  /** @param {CostRow[]} rows */
  function draw(rows) {
    if (rows.length === 0) return [nothing('Nothing was spent. Choose other days, or take a filter away.')];
    const cost = costOf(rows);
    /** @type {import('../table.js').Column<CostRow>[]} */
    const columns = [
      { title: NAMES[by], cell: (row) => link(deeper(row[by] ?? ''), nameOf(row[by] ?? ''), 'deeper') },
      { title: 'Cost', isFigure: true, cell: (row) => money(row.cost, row.currency) },
      { title: 'Share', cell: (row) => share(unitsOf(row.cost), cost.of(row.currency)) },
      { title: 'Calls', isFigure: true, cell: (row) => count(row.attempts) },
      { title: 'Tokens in', isFigure: true, cell: (row) => count(row.inputTokens) },
      { title: 'of them cached', isFigure: true, cell: (row) => count(row.cachedInputTokens) },
      { title: 'Tokens out', isFigure: true, cell: (row) => count(row.outputTokens) },
      { title: 'To look at', cell: doubts },
    ];
    return [table(`Cost by ${by}`, 'breakdown-table', columns, rows).element];
  }

  /** From a team to its users, from a user to its requests. @param {string} value */
  function deeper(value) {
    const narrowed = { ...filters, [by]: value };
    if (by === 'user') return href({ view: 'requests', filters: narrowed, state: '' });
    if (by === 'team' || by === 'project') return href({ filters: narrowed, by: 'user' });
    return href({ filters: narrowed, by: 'team' });
  }
}

/** @param {CostRow} row */
function doubts({ estimatedAttempts, unpricedAttempts, suspectAttempts }) {
  const found = make('span', { class: 'badges' });
  if (estimatedAttempts > 0) found.append(badge('wait', `${count(estimatedAttempts)} estimated`));
  if (unpricedAttempts > 0) found.append(badge('wrong', `${count(unpricedAttempts)} unpriced`));
  if (suspectAttempts > 0) found.append(badge('wrong', `${count(suspectAttempts)} suspect`));
  return found;
}
