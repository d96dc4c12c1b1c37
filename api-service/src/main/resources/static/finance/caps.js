// @ts-check

import { announce, make, svg } from '../elements.js';
import { momentText } from '../moment.js';
import { badge, hint, load, nothing, section } from '../part.js';
import { burnDown } from './burn-down.js';
import { openCapDialog, openRemoval } from './cap-dialog.js';
import { money, percent, ratio, textOf, unitsOf } from './money.js';

/** @typedef {import('./finance-api.js').Cap} Cap */

/** Before so much of a period is over nothing is foretold. */
const EARLY = 0.05;

/**
 * What may be spent, by whom, and how much of it is.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, { api, signal, href }) {
  const list = make('div');
  const create = make('button', { type: 'button', class: 'primary', 'data-testid': 'new-cap' }, 'New cap');
  create.addEventListener('click', () => openCapDialog(null, api, signal, changed), { signal });
  element.append(
    section(
      'Spend caps',
      'caps',
      hint('At its soft cap somebody is told. At its hard cap requests are refused until the period ends. Days and months are UTC; the dashed line is where an even pace would be.'),
      make('p', {}, create),
      list,
    ),
  );
  /** @type {Cap[]} */
  let caps = [];
  load(list, signal, () => api.caps(signal), (known) => draw(known));

  /**
   * Shows what was changed at once: the instance that is asked next may hear of it a moment later.
   *
   * @param {Cap} before or what it is about
   * @param {Cap | null} after
   */
  function changed(before, after) {
    const isMeant = (/** @type {Cap} */ each) => capName(each) === capName(before);
    const others = caps.filter((each) => !isMeant(each));
    const place = caps.findIndex(isMeant);
    if (after !== null) others.splice(place < 0 ? others.length : place, 0, after);
    list.replaceChildren(...draw(others));
    announce(`The cap of ${capName(before)} is ${after === null ? 'deleted' : 'set'}`);
    // The button that opened the dialog may be gone.
    if (document.activeElement === document.body) create.focus();
  }

  /** @param {Cap[]} known */
  function draw(known) {
    caps = known;
    if (caps.length === 0) return [nothing('There is no cap: everybody may spend whatever the budget lets through.')];
    return [make('ul', { class: 'caps', 'data-testid': 'cap-list' }, ...caps.map(card))];
  }

  /** @param {Cap} cap */
  function card(cap) {
    const name = capName(cap);
    const change = button('Change', `Change the cap of ${name}`, 'change-cap', () => openCapDialog(cap, api, signal, changed));
    const remove = button('Delete', `Delete the cap of ${name}`, 'remove-cap', () => openRemoval(cap, api, signal, changed));
    const spender = make('a', { href: href({ view: 'costs', filters: { [cap.scope]: cap.subject }, by: cap.scope === 'user' ? 'model' : 'user' }) }, name);
    return make(
      'li',
      { class: 'cap', 'data-testid': 'cap' },
      make('div', { class: 'cap-head' }, make('h4', {}, spender), make('span', { class: 'cap-buttons' }, change, remove)),
      bar(cap),
      make('div', { class: 'cap-words' }, ...wordsOf(cap).map((words) => make('p', {}, words))),
      ...(cap.period === 'month' ? [burnDown(cap, api, signal)] : []),
      make('p', { class: 'hint' }, `Set by ${cap.setBy}, ${momentText(cap.setAt)} UTC`),
    );
  }

  /**
   * @param {string} words
   * @param {string} label
   * @param {string} testId
   * @param {() => void} action
   */
  function button(words, label, testId, action) {
    const element = make('button', { type: 'button', class: 'quiet', 'aria-label': label, 'data-testid': testId }, words);
    element.addEventListener('click', action, { signal });
    return element;
  }
}

/** @param {Pick<Cap, 'scope' | 'subject' | 'period'>} cap */
export function capName({ scope, subject, period }) {
  return `${scope} ${subject}, ${period === 'day' ? 'daily' : 'monthly'}`;
}

/** @param {Cap} cap @returns {bigint} */
function spentOf({ settled, reserved }) {
  return unitsOf(settled ?? '0') + unitsOf(reserved ?? '0');
}

/** @param {Cap} cap how much of its period is over, 0 to 1 */
function goneOf({ periodStart, periodEnd }) {
  const begin = Date.parse(periodStart);
  const gone = (Date.now() - begin) / (Date.parse(periodEnd) - begin);
  return Math.min(Math.max(gone, 0), 1);
}

/** @param {Cap} cap */
function stateOf(cap) {
  const spent = spentOf(cap);
  if (cap.hard !== null && spent >= unitsOf(cap.hard)) return badge('wrong', 'used up: requests are refused');
  if (cap.soft !== null && spent >= unitsOf(cap.soft)) return badge('wait', 'past its soft cap');
  return badge('good', 'within');
}

/**
 * What is settled and reserved, on the way to the caps, with a mark where it would be if the period
 * were spent evenly.
 *
 * @param {Cap} cap
 */
function bar(cap) {
  const limit = unitsOf(cap.hard ?? cap.soft ?? '0');
  const spent = spentOf(cap);
  const most = spent > limit ? spent : limit;
  const settled = share(unitsOf(cap.settled ?? '0'));
  const gone = goneOf(cap);
  const picture = svg(
    'svg',
    { class: 'cap-bar', role: 'img', 'aria-label': `${percent(spent, limit)} of the cap is spent or reserved, ${Math.round(gone * 100)} % of the ${cap.period} is over` },
    svg('rect', { class: 'cap-room', width: '100%', height: '100%', rx: 4 }),
    svg('rect', { class: 'cap-settled', width: settled, height: '100%', rx: 4 }),
    svg('rect', { class: 'cap-reserved', x: settled, width: share(unitsOf(cap.reserved ?? '0')), height: '100%' }),
    mark('cap-even', ratio(limit, most) * gone),
  );
  if (cap.soft !== null) picture.append(mark('cap-soft', ratio(unitsOf(cap.soft), most)));
  if (cap.hard !== null) picture.append(mark('cap-hard', ratio(unitsOf(cap.hard), most)));
  return picture;

  /** @param {bigint} units */
  function share(units) {
    return `${100 * ratio(units, most)}%`;
  }

  /**
   * @param {string} name
   * @param {number} at
   */
  function mark(name, at) {
    const x = `${Math.min(99.7, 100 * at)}%`;
    return svg('line', { class: name, x1: x, x2: x, y1: 0, y2: '100%' });
  }
}

/** @param {Cap} cap @returns {(Node | string)[]} */
function wordsOf(cap) {
  const { settled, reserved, soft, hard, currency, period } = cap;
  const limits = make('span', { 'data-testid': 'cap-amounts' }, ...amounts(soft, hard, currency));
  if (settled === null || reserved === null) return [badge('wait', 'what is spent cannot be told now'), limits];
  const spent = make(
    'span',
    { class: 'badges', 'data-testid': 'cap-spent' },
    stateOf(cap),
    make('span', {}, swatch('settled'), money(settled, currency), ' settled'),
    make('span', {}, swatch('reserved'), money(reserved, currency), ' reserved'),
  );
  const words = [spent, limits];
  const limit = unitsOf(hard ?? soft ?? '0');
  const gone = goneOf(cap);
  words.push(make('span', {}, `${percent(spentOf(cap), limit)} is used, ${Math.round(gone * 100)} % of the ${period} is over. ${foretold(cap, limit, gone)}`));
  if (hard !== null && unitsOf(hard) > spentOf(cap)) {
    words.splice(1, 0, make('span', {}, money(textOf(unitsOf(hard) - spentOf(cap)), currency), ' left'));
  }
  return words;
}

/**
 * @param {string | null} soft
 * @param {string | null} hard
 * @param {string} currency
 */
function amounts(soft, hard, currency) {
  const words = [];
  if (soft !== null) words.push(swatch('soft'), 'soft cap ', money(soft, currency));
  if (soft !== null && hard !== null) words.push(' ');
  if (hard !== null) words.push(swatch('hard'), 'hard cap ', money(hard, currency));
  return words;
}

/** @param {string} name of what has this colour in the bar */
function swatch(name) {
  return make('span', { class: `swatch swatch-${name}` });
}

/**
 * @param {Cap} cap
 * @param {bigint} limit
 * @param {number} gone
 */
function foretold(cap, limit, gone) {
  const used = ratio(spentOf(cap), limit);
  if (used >= 1 || used === 0 || gone < EARLY) return '';
  if (used <= gone) return `At this pace it lasts the ${cap.period}.`;
  const begin = Date.parse(cap.periodStart);
  return `At this pace it is used up on ${momentText(begin + (Date.now() - begin) / used)} UTC.`;
}
