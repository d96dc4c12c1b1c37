// @ts-check

import { make } from '../elements.js';
import { count, figure, hint, load, nothing, section } from '../part.js';
import { table } from '../table.js';
import { nameOf, share } from './figure.js';
import { periodText } from './days.js';
import { Sums, money, unitsOf } from './money.js';

/** @typedef {import('./finance-api.js').SavingsRow} SavingsRow */

/** @type {Record<string, { title: string, note: string }>} */
const SOURCES = {
  cache: { title: 'Kept answers', note: 'the same question, answered before' },
  coalesced: { title: 'Shared answers', note: 'the same question, asked at the same time' },
  trimming: { title: 'Shorter questions', note: 'oldest turns left out of long conversations' },
};

/**
 * What did not have to be spent.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, { api, place, signal }) {
  const { period, filters } = place;
  const sources = make('div', { class: 'whole' });
  const teams = make('div');
  const models = make('div');
  element.append(
    section('By source', 'savings', hint(`${periodText(period)}. What the calls that were not made would have cost, at that day’s prices.`), sources),
    section('By team', 'savings-team', teams),
    section('By model', 'savings-model', models),
  );
  load(sources, signal, () => api.savings(period, ['source'], filters, signal), drawSources);
  load(teams, signal, () => api.savings(period, ['team'], filters, signal), (rows) => broken('team', rows));
  load(models, signal, () => api.savings(period, ['model'], filters, signal), (rows) => broken('model', rows));
}

/** @param {SavingsRow[]} rows */
function drawSources(rows) {
  const all = Object.keys(SOURCES).concat(rows.map((row) => row.source ?? '').filter((source) => !(source in SOURCES)));
  return [...new Set(all)].map((source) => {
    const ofSource = rows.filter((row) => row.source === source);
    const saved = new Sums();
    for (const row of ofSource) saved.add(row.currency, row.saved);
    const answers = ofSource.reduce((sum, row) => sum + row.answers, 0);
    const { title, note } = SOURCES[source] ?? { title: source, note: '' };
    return figure(title, `saved-${source}`, saved.show(), `${count(answers)} × ${note}`);
  });
}

/**
 * @param {'team' | 'model'} by
 * @param {SavingsRow[]} rows
 */
function broken(by, rows) {
  if (rows.length === 0) return [nothing('Nothing was saved: no question was asked twice.')];
  const saved = new Sums();
  for (const row of rows) saved.add(row.currency, row.saved);
  /** @type {import('../table.js').Column<SavingsRow>[]} */
  const columns = [
    { title: by === 'team' ? 'Team' : 'Model', cell: (row) => nameOf(row[by] ?? '') },
    { title: 'Saved', isFigure: true, cell: (row) => money(row.saved, row.currency) },
    { title: 'Share', cell: (row) => share(unitsOf(row.saved), saved.of(row.currency)) },
    { title: 'Answers', isFigure: true, cell: (row) => count(row.answers) },
  ];
  return [table(`Savings by ${by}`, `savings-${by}-table`, columns, rows).element];
}
