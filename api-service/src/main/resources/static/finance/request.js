// @ts-check

import { announce, make } from '../elements.js';
import { momentText } from '../moment.js';
import { badge, count, link, load, section } from '../part.js';
import { table } from '../table.js';
import { Sums, money, unitsOf } from './money.js';
import { costOf } from './requests.js';
import { openResolveDialog } from './resolve-dialog.js';

/**
 * @typedef {import('./finance-api.js').Attempt} Attempt
 * @typedef {import('./finance-api.js').RequestDetail} RequestDetail
 */

/** @type {import('../table.js').Column<Attempt>[]} */
const COLUMNS = [
  { title: 'Attempt', cell: ({ attempt, source }) => (attempt === 0 ? reused(source) : String(attempt)) },
  { title: 'Cost', isFigure: true, cell: ({ cost, currency }) => costOf(cost, currency) },
  { title: 'Outcome', cell: outcome },
  { title: 'Model', cell: ({ model }) => model },
  { title: 'Tier', cell: ({ serviceTier }) => serviceTier },
  { title: 'Tokens in', isFigure: true, cell: ({ inputTokens }) => count(inputTokens) },
  { title: 'of them cached', isFigure: true, cell: ({ cachedInputTokens }) => count(cachedInputTokens) },
  { title: 'Tokens out', isFigure: true, cell: ({ outputTokens }) => count(outputTokens) },
  { title: 'of them reasoning', isFigure: true, cell: ({ reasoningTokens }) => count(reasoningTokens) },
  { title: 'Began (UTC)', cell: ({ openedAt }) => momentText(openedAt) },
  { title: 'Ended (UTC)', cell: ({ settledAt }) => momentText(settledAt) },
];

/**
 * One request and each of its attempts, as the ledger has them.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, { api, place, href, signal }) {
  const detail = make('div');
  const told = make('p', { class: 'hint', 'data-testid': 'resolved' });
  const id = make('code', { class: 'request-id' }, place.request);
  element.append(
    make('p', {}, link(href({ view: 'requests' }), '← All requests', 'all-requests')),
    section('Attempts', 'request', make('p', {}, id), told, detail),
  );
  load(detail, signal, () => api.request(place.request, signal), draw);

  /** @param {RequestDetail} request */
  function draw({ user, team, project, model, attempts }) {
    const cost = new Sums();
    const saved = new Sums();
    for (const attempt of attempts) {
      cost.add(attempt.currency, attempt.cost);
      saved.add(attempt.currency, attempt.saved);
    }
    const facts = [fact('Cost', cost.show())];
    if (saved.of(saved.currency) > 0n) facts.push(fact('Saved', saved.show()));
    for (const [name, value] of Object.entries({ User: user, Team: team, Project: project, Model: model })) facts.push(fact(name, value || '–'));
    return [
      make('dl', { class: 'facts', 'data-testid': 'facts' }, ...facts),
      table('Attempts', 'attempts-table', COLUMNS.toSpliced(3, 0, { title: 'To do', cell: toDo }), attempts).element,
    ];
  }

  /** @param {Attempt} attempt */
  function toDo(attempt) {
    if (attempt.suspect === null || attempt.attempt === 0) return '–';
    const resolve = make('button', { type: 'button', 'aria-label': `Resolve attempt ${attempt.attempt}`, 'data-testid': 'resolve' }, 'Resolve');
    resolve.addEventListener('click', () => openResolveDialog(place.request, attempt, api, signal, tell), { signal });
    return resolve;
  }

  function tell() {
    told.textContent = 'The correction is on its way to the ledger. Refresh in a moment.';
    announce(told.textContent);
  }
}

/**
 * @param {string} name
 * @param {Node | string} value
 */
function fact(name, value) {
  return make('div', {}, make('dt', {}, name), make('dd', {}, value));
}

/** @param {string} source */
function reused(source) {
  return source === 'cache' ? 'kept answer' : source === 'coalesced' ? 'shared answer' : source;
}

/** @param {Attempt} attempt */
function outcome({ outcome: ended, errorCode, estimated, suspect, corrected, saved, currency }) {
  const words = make('span', { class: 'badges' }, errorCode === null ? ended : `${ended}: ${errorCode}`);
  if (estimated) words.append(badge('wait', 'estimated'));
  if (corrected) words.append(badge('good', 'corrected'));
  if (suspect !== null) words.append(badge('wrong', suspect.replaceAll('_', ' ')));
  if (saved !== null && unitsOf(saved) > 0n) words.append(make('span', { class: 'badge badge-good' }, money(saved, currency), ' saved'));
  return words;
}
