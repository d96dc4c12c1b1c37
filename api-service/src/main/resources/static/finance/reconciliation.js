// @ts-check

import { announce, make } from '../elements.js';
import { badge, count, fail, link, load, nothing, section } from '../part.js';
import { table } from '../table.js';
import { dayText, plus, today } from './days.js';
import { money, percent, unitsOf } from './money.js';

/** @typedef {import('./finance-api.js').ReconciledDay} ReconciledDay */

const ONE = unitsOf('1');

/** As much as the API takes at once, twice what a page of the provider's has. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * The ledger beside the provider's own figures, by day and model.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, { api, place, href, signal }) {
  const list = make('div');
  element.append(
    section('Ledger and provider', 'reconciliation', list),
    section('Bring the provider’s figures in', 'provider-figures', make('div', { class: 'forms' }, fetchForm(), importForm())),
  );
  show();

  function show() {
    return load(list, signal, () => api.reconciliation(place.period, signal), draw);
  }

  /** @param {{ threshold: string, days: ReconciledDay[] }} answer */
  function draw({ threshold, days }) {
    if (days.length === 0) return [nothing('Nothing to compare in these days.')];
    const words = `${stateCount(days, 'agrees')} agree, ${stateCount(days, 'differs')} differ by more than ${shareText(threshold)}, ${stateCount(days, 'missing')} have no figure of the provider yet.`;
    return [make('p', { class: 'reconciled', 'data-testid': 'reconciled' }, words), table('Ledger and provider', 'reconciliation-table', columns(), days).element];
  }

  /** @returns {import('../table.js').Column<ReconciledDay>[]} */
  function columns() {
    return [
      { title: 'Day', cell: ({ day }) => dayText(day) },
      { title: 'Model', cell: entries },
      { title: 'State', cell: stateOf },
      { title: 'Our cost', isFigure: true, cell: ({ ours, currency }) => amount(ours.cost, currency) },
      { title: 'Theirs', isFigure: true, cell: ({ provider, currency }) => amount(provider.cost, currency) },
      { title: 'Difference', isFigure: true, cell: ({ difference, currency }) => amount(difference.cost, currency) },
      { title: 'Share', isFigure: true, cell: ({ difference }) => shareText(difference.share) },
      { title: 'In: ours / theirs', isFigure: true, cell: ({ ours, provider }) => both(ours.inputTokens, provider.inputTokens) },
      { title: 'Out: ours / theirs', isFigure: true, cell: ({ ours, provider }) => both(ours.outputTokens, provider.outputTokens) },
      { title: 'Coverage', isFigure: true, cell: ({ coverage }) => shareText(coverage) },
    ];
  }

  /** Leads to what the ledger has of a model, by each name under which it does. @param {ReconciledDay} row */
  function entries({ day, model, models }) {
    if (models.length === 0) return model;
    const period = /** @type {const} */ ({ name: 'custom', from: day, to: plus(day, 1) });
    const links = models.map((name) => {
      const to = link(href({ view: 'requests', state: '', period, filters: { model: name } }), name, 'entries');
      to.setAttribute('aria-label', `${name}, requests of ${dayText(day)}`);
      return to;
    });
    return make('span', { class: 'badges' }, ...links);
  }

  function fetchForm() {
    const day = /** @type {HTMLInputElement} */ (
      make('input', { type: 'date', id: 'fetch-day', value: plus(today(), -1), max: today(), required: true, 'data-testid': 'fetch-day' })
    );
    const label = make('label', { for: 'fetch-day' }, 'Ask the provider for a day');
    return form('Ask', 'fetch', [label, day], async () => {
      await api.fetchUsage(day.value, signal);
      return `The provider is being asked for ${dayText(day.value)}. Refresh in a moment.`;
    });
  }

  function importForm() {
    const file = /** @type {HTMLInputElement} */ (
      make('input', { type: 'file', id: 'import-file', accept: '.json,application/json', required: true, 'data-testid': 'import-file' })
    );
    const label = make('label', { for: 'import-file' }, 'Import a file: JSON as the provider’s Usage or Costs API returns it');
    return form('Import', 'import', [label, file], async () => {
      const chosen = file.files?.[0];
      if (chosen === undefined) throw new Error('Choose a file.');
      if (chosen.size > MOST_BYTES) throw new Error('The file is larger than 4 MB. Import it page by page.');
      const buckets = await api.importUsage(chosen, signal);
      return `${count(buckets)} buckets were taken. Refresh in a moment.`;
    });
  }

  /**
   * @param {string} words
   * @param {string} name
   * @param {HTMLElement[]} fields
   * @param {() => Promise<string>} action what to say when it is done
   */
  function form(words, name, fields, action) {
    const button = /** @type {HTMLButtonElement} */ (make('button', { type: 'submit', 'data-testid': name }, words));
    const failure = make('div', { role: 'alert' });
    const done = make('p', { class: 'hint', 'data-testid': `${name}-done` });
    const element = make('form', { class: 'stacked' }, ...fields, button, failure, done);
    element.addEventListener('submit', submit, { signal });
    return element;

    /** @param {Event} event */
    async function submit(event) {
      event.preventDefault();
      button.disabled = true;
      done.textContent = '';
      fail(failure, null);
      try {
        done.textContent = await action();
        announce(done.textContent);
        show();
      } catch (error) {
        if (!signal.aborted) fail(failure, error);
      } finally {
        button.disabled = false;
      }
    }
  }
}

/**
 * @param {ReconciledDay[]} days
 * @param {ReconciledDay['state']} state
 */
function stateCount(days, state) {
  return days.filter((day) => day.state === state).length;
}

/** @param {ReconciledDay} row */
function stateOf({ state, estimatedAttempts, unpricedAttempts }) {
  const kind = /** @type {const} */ ({ agrees: 'good', differs: 'wrong', missing: 'wait' })[state];
  const found = make('span', { class: 'badges' }, badge(kind, state));
  // What most differences come from
  if (estimatedAttempts > 0) found.append(badge('wait', `${count(estimatedAttempts)} estimated`));
  if (unpricedAttempts > 0) found.append(badge('wrong', `${count(unpricedAttempts)} unpriced`));
  return found;
}

/**
 * @param {string | null} cost
 * @param {string | null} currency
 */
function amount(cost, currency) {
  return cost === null ? '–' : money(cost, currency ?? 'USD');
}

/** @param {string | null} part */
function shareText(part) {
  return part === null ? '–' : percent(unitsOf(part), ONE);
}

/**
 * @param {number | null} ours
 * @param {number | null} theirs
 */
function both(ours, theirs) {
  return `${count(ours)} / ${count(theirs)}`;
}
