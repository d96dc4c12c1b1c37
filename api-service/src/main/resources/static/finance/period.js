// @ts-check

import { make } from '../elements.js';
import { plus, today } from './days.js';
import { choice } from './figure.js';
import { periodBetween, periodNamed } from './place.js';

const NAMED = /** @type {const} */ ([
  ['today', 'Today'],
  ['month', 'Month to date'],
  ['30d', 'Last 30 days'],
]);

/**
 * Which days are shown.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mountPeriod(element, { place, href, go, signal }) {
  const { period } = place;
  const from = dayInput('from', 'First day', period.from);
  const last = dayInput('last', 'Last day', plus(period.to, -1));
  const problem = make('p', { class: 'problem', id: 'period-problem', role: 'alert' });
  const show = make('button', { type: 'submit', 'data-testid': 'show-period', 'data-keep': 'show-period' }, 'Show');
  const form = make('form', { class: 'days', novalidate: true }, from, make('span', { 'aria-hidden': 'true' }, '–'), last, show);
  form.addEventListener('submit', choose, { signal });
  const chosen = period.name === 'custom' ? null : period.name;
  element.replaceChildren(choice('Period', 'period', NAMED, chosen, (name) => href({ period: periodNamed(name) })), form, problem);

  /** @param {Event} event */
  function choose(event) {
    event.preventDefault();
    const between = periodBetween(from.value, last.value);
    problem.textContent = between.problem ?? '';
    for (const input of [from, last]) input.setAttribute('aria-invalid', String(between.problem !== null));
    if (between.period !== null) go({ period: between.period });
  }
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} value
 */
function dayInput(name, label, value) {
  const attributes = { type: 'date', name, 'aria-label': label, max: today(), value, 'data-testid': `period-${name}` };
  return /** @type {HTMLInputElement} */ (make('input', { ...attributes, 'aria-describedby': 'period-problem' }));
}
