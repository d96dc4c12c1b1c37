// @ts-check

import { announce, make } from '../elements.js';
import { momentText } from '../moment.js';
import { badge, count, hint, load, nothing, section } from '../part.js';
import { table } from '../table.js';
import { dayText } from './days.js';
import { money } from './money.js';
import { openPriceDialog } from './price-dialog.js';

/** @typedef {import('./finance-api.js').RateCard} RateCard */

/** @type {import('../table.js').Column<RateCard>[]} */
const COLUMNS = [
  { title: 'Model', cell: ({ model }) => model },
  { title: 'Tier', cell: ({ serviceTier }) => serviceTier },
  { title: 'In force', cell: inForce },
  { title: 'Input', isFigure: true, cell: ({ input, currency }) => money(input, currency) },
  { title: 'Cached input', isFigure: true, cell: ({ cachedInput, currency }) => money(cachedInput, currency) },
  { title: 'Cache write', isFigure: true, cell: ({ cacheWrite, currency }) => money(cacheWrite, currency) },
  { title: 'Output', isFigure: true, cell: ({ output, currency }) => money(output, currency) },
  { title: 'Dearer above', isFigure: true, cell: ({ longContextAbove }) => (longContextAbove === null ? '–' : `${count(longContextAbove)} tokens`) },
  { title: 'Source', cell: ({ source, sourceDate }) => `${source}, ${dayText(sourceDate)}` },
];

/**
 * What tokens cost, now and before.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, { api, signal }) {
  const list = make('div');
  const added = make('p', { class: 'hint', 'data-testid': 'price-added' });
  const create = make('button', { type: 'button', class: 'primary', 'data-testid': 'new-price' }, 'New price');
  create.addEventListener('click', () => openPriceDialog(api, signal, tell), { signal });
  element.append(
    section(
      'Rate cards',
      'prices',
      hint('For 1,000,000 tokens. A price is never edited: a new card takes over on its day.'),
      make('p', {}, create),
      added,
      list,
    ),
  );
  load(list, signal, () => api.rateCards(signal), draw);

  /** @param {RateCard} card */
  function tell({ model, serviceTier, validFrom }) {
    added.textContent = `The price of ${model}, ${serviceTier}, from ${momentText(validFrom)} UTC is on its way to the ledger. Refresh in a moment.`;
    announce(added.textContent);
  }
}

/** @param {RateCard[]} cards */
function draw(cards) {
  if (cards.length === 0) return [nothing('There is no rate card: nothing can be priced.')];
  return [table('Rate cards', 'prices-table', COLUMNS, cards).element];
}

/** @param {RateCard} card */
function inForce({ validFrom, validUntil }) {
  const now = Date.now();
  if (Date.parse(validFrom) > now) return make('span', { class: 'badges' }, badge('wait', 'coming'), `from ${momentText(validFrom)}`);
  if (validUntil !== null && Date.parse(validUntil) <= now) return `until ${momentText(validUntil)}`;
  const until = validUntil === null ? '' : ` until ${momentText(validUntil)}`;
  return make('span', { class: 'badges' }, badge('good', 'now'), `since ${dayText(validFrom)}${until}`);
}
