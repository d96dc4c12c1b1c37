// @ts-check

import { make } from '../elements.js';
import { momentText } from '../moment.js';
import { badge, count, fail, hint, link, load, nothing, section } from '../part.js';
import { table } from '../table.js';
import { choice, nameOf } from './figure.js';
import { periodText } from './days.js';
import { money } from './money.js';

/**
 * @typedef {import('./finance-api.js').RequestRow} RequestRow
 * @typedef {{ requests: RequestRow[], next: string | null }} Answer
 */

const STATES = /** @type {const} */ ([
  ['', 'all'],
  ['estimated', 'estimated'],
  ['unpriced', 'without a price'],
  ['suspect', 'not believable'],
]);

const EXPLAINED = {
  '': '',
  estimated: 'The provider did not say what these took: they were cancelled or cut, or their worker died. Sluice counted.',
  unpriced: 'No rate card is in force for their model and tier. They are priced as soon as one is.',
  suspect: 'Their token counts cannot be right, or were never told. Somebody has to look at them.',
};

/**
 * The requests behind the figures, newest first.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, { api, place, href, signal }) {
  const { period, filters, state } = place;
  const list = make('div');
  const states = choice('Which requests', 'state', STATES, state, (each) => href({ state: each }));
  element.append(section(periodText(period), 'requests', states, hint(EXPLAINED[state]), list));
  load(list, signal, () => ask(''), draw);

  /** @param {string} cursor */
  function ask(cursor) {
    return api.requests(period, { state, cursor }, filters, signal);
  }

  /** @param {Answer} answer */
  function draw({ requests, next }) {
    if (requests.length === 0) return [nothing('No such request. Choose other days, or take a filter away.')];
    const drawn = table('Requests', 'requests-table', columns(), requests);
    return [drawn.element, more(drawn, next)];
  }

  /**
   * @param {{ add: (rows: RequestRow[]) => void }} drawn
   * @param {string | null} next
   */
  function more(drawn, next) {
    const button = /** @type {HTMLButtonElement} */ (make('button', { type: 'button', class: 'more', 'data-testid': 'more' }, 'Show more'));
    const failure = make('div', { role: 'alert' });
    let cursor = next;
    button.hidden = cursor === null;
    button.addEventListener('click', grow, { signal });
    return make('div', {}, failure, button);

    async function grow() {
      button.disabled = true;
      fail(failure, null);
      try {
        const answer = await ask(cursor ?? '');
        if (signal.aborted) return;
        drawn.add(answer.requests);
        cursor = answer.next;
        button.hidden = cursor === null;
      } catch (error) {
        if (!signal.aborted) fail(failure, error);
      } finally {
        button.disabled = false;
      }
    }
  }

  /** @returns {import('../table.js').Column<RequestRow>[]} */
  function columns() {
    return [
      {
        title: 'When (UTC)',
        cell: ({ requestId, openedAt }) => link(href({ view: 'request', request: requestId }), momentText(openedAt), 'open-request'),
      },
      { title: 'Cost', isFigure: true, cell: ({ cost, currency }) => costOf(cost, currency) },
      { title: 'User', cell: ({ user }) => user },
      { title: 'Team', cell: ({ team }) => team },
      { title: 'Project', cell: ({ project }) => nameOf(project) },
      { title: 'Model', cell: ({ model }) => model },
      { title: 'Calls', isFigure: true, cell: ({ attempts }) => count(attempts) },
      { title: 'Tokens in', isFigure: true, cell: ({ inputTokens }) => count(inputTokens) },
      { title: 'Tokens out', isFigure: true, cell: ({ outputTokens }) => count(outputTokens) },
      { title: 'Outcome', cell: outcomeOf },
    ];
  }
}

/**
 * @param {string | null} cost
 * @param {string} currency
 */
export function costOf(cost, currency) {
  return cost === null ? badge('wrong', 'no price') : money(cost, currency);
}

/** @param {RequestRow} request */
function outcomeOf({ outcome, estimated, suspect }) {
  const words = make('span', { class: 'badges' }, outcome);
  if (estimated) words.append(badge('wait', 'estimated'));
  if (suspect) words.append(badge('wrong', 'suspect'));
  return words;
}
