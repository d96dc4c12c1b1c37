// @ts-check

import { announce, hide, make } from '../elements.js';
import { momentText } from '../moment.js';
import { badge, count, fail, hint, nothing, section } from '../part.js';
import { actionButton } from './action.js';
import { openDiscardDialog, openRedriveAllDialog } from './letter-dialogs.js';
import { liveTable } from './live-table.js';
import { counted } from './words.js';

/**
 * @typedef {import('./ops-api.js').Letter} Letter
 * @typedef {{ dead_letters: Letter[], next: string | null }} Answer
 */

/** @type {Record<Letter['state'], ['good' | 'wait' | 'wrong', string]>} */
const STATES = { open: ['wrong', 'open'], redriven: ['good', 'redriven'], discarded: ['wait', 'discarded'] };

/**
 * What no worker may try again, the newest first, and what is to become of it.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 * @returns {import('./page.js').Shown<Answer>}
 */
export function mount(element, { api, signal, changed }) {
  const table = liveTable('Dead letters', 'letters', columns(), (letter) => letter.id);
  const none = nothing('There is no dead letter. Every request ended, or is under way.');
  const all = make('button', { type: 'button', 'data-testid': 'redrive-all' });
  const more = actionButton('older', signal, grow);
  let open = 0;

  /** Those that are shown. @type {Map<string, Letter>} */
  const letters = new Map();

  /** Behind the oldest that is shown; null where there is none. @type {string | null} */
  let next = null;

  more.show('Show older ones', 'Show older dead letters');
  all.addEventListener('click', () => openRedriveAllDialog(open, api, signal, redriven), { signal });
  element.append(
    section(
      'Dead letters',
      'letters-panel',
      hint('Requests that had all their attempts, that killed their workers, or that could not be read. Their clients have been told. One that is redriven is called again, and billed to its user.'),
      make('p', {}, all),
      none,
      table.element,
      more.element,
    ),
  );
  return { ask: (asking) => api.deadLetters('', asking), show };

  /**
   * @param {import('./ops-api.js').Overview} overview
   * @param {Answer} newest
   */
  function show({ dead_letters: { open: now } }, newest) {
    open = now;
    hide(all, open === 0, table.element);
    all.textContent = open === 1 ? 'Redrive the one that is open' : `Redrive all ${count(open)} that are open`;
    const last = newest.dead_letters.at(-1);
    // So many new ones that between them and those that are shown some are missing, or none yet.
    if (last === undefined || !letters.has(last.id)) {
      letters.clear();
      next = newest.next;
    }
    keep(newest.dead_letters);
  }

  async function grow() {
    const older = await api.deadLetters(next ?? '', signal);
    next = older.next;
    keep(older.dead_letters);
  }

  /** @param {Letter[]} some */
  function keep(some) {
    for (const letter of some) letters.set(letter.id, letter);
    const rows = [...letters.values()].sort((a, b) => Number(b.id) - Number(a.id));
    none.hidden = rows.length > 0;
    table.element.hidden = rows.length === 0;
    hide(more.element, next === null, table.element);
    table.show(rows);
  }

  /**
   * @param {Letter} decided as it is now
   * @param {string} words
   */
  function decided(decided, words) {
    keep([decided]);
    announce(words);
    changed();
  }

  function redriven() {
    table.element.focus();
    changed();
  }

  /**
   * @param {string} name
   * @param {Letter} letter as it is now
   */
  function discarded(name, letter) {
    table.element.focus();
    decided(letter, `${name} is ${letter.state}`);
  }

  /** @returns {import('./live-table.js').Column<Letter>[]} */
  function columns() {
    return [
      { title: 'Request', cell: nameOf },
      { title: 'Why', control: whyOf },
      { title: 'Lane', cell: ({ lane }) => lane },
      { title: 'User', cell: ({ user }) => user ?? '–' },
      { title: 'Model', cell: ({ model }) => model ?? '–' },
      { title: 'Failed (UTC)', cell: (letter) => momentText(letter.failed_at) },
      { title: 'State', cell: stateOf },
      { title: 'Control', control: controlsOf },
    ];
  }

  /** @param {Letter} letter */
  function controlsOf({ id }) {
    const name = `dead letter ${id}`;
    const redrive = actionButton('redrive', signal, async () => {
      const letter = await api.redrive(id, signal);
      decided(letter, letter.state === 'redriven' ? `${name} is redriven` : `${name} was ${letter.state} by ${letter.by}`);
    });
    redrive.show('Redrive', `Redrive ${name}`);
    const discard = make('button', { type: 'button', class: 'quiet', 'aria-label': `Discard ${name}`, 'data-testid': 'discard' }, 'Discard');
    discard.addEventListener('click', () => openDiscardDialog(id, api, signal, (letter) => discarded(name, letter)), { signal });
    const element = make('div', { class: 'actions' }, redrive.element, discard);
    return {
      element,
      show: (/** @type {Letter} */ letter) => hide(element, letter.state !== 'open', table.element),
    };
  }
}

/** @param {Letter} letter */
function nameOf({ id, request_id: request }) {
  return make('span', {}, make('span', { class: 'request-id' }, request ?? 'unreadable'), make('span', { class: 'under' }, `letter ${id}`));
}

/** What never changes: it stays open where it was opened. @param {Letter} letter */
function whyOf({ reason, attempts, history }) {
  const element = make('div', { class: 'why' }, reason);
  if (history.length > 0) {
    const lines = history.map(({ attempt, code, at }) =>
      make('li', {}, attempt === 0 ? 'before its first call: ' : `attempt ${attempt}: `, make('code', {}, code), `, ${momentText(at)}`),
    );
    element.append(make('details', { 'data-testid': 'history' }, make('summary', {}, counted(attempts, 'attempt')), make('ol', {}, ...lines)));
  }
  return { element, show: () => {} };
}

/** @param {Letter} letter */
function stateOf({ state, by, at, note }) {
  const words = make('span', {}, badge(...STATES[state]));
  if (by !== null) words.append(make('span', { class: 'under' }, `by ${by}, ${momentText(at ?? '')}`));
  if (note !== null) words.append(make('span', { class: 'under' }, `“${note}”`));
  return words;
}
