// @ts-check

import { openDialog, sayProblem } from '../dialog.js';
import { the } from '../elements.js';
import { fail } from '../part.js';
import { problemOf } from './amount.js';

/** By their names; what may be left empty is not among them. @type {Record<string, string>} */
const NEEDED = {
  model: 'Name the model as the provider names it in its answers.',
  serviceTier: 'Name the tier, such as default, flex or priority.',
  currency: 'Name the currency, such as USD.',
  input: 'Say what 1,000,000 input tokens cost.',
  output: 'Say what 1,000,000 output tokens cost.',
  source: 'Say where the price can be looked up: a page, a contract.',
};

const AMOUNTS = ['input', 'cachedInput', 'cacheWrite', 'output'];

/**
 * Adds a rate card.
 *
 * @param {import('./finance-api.js').FinanceApi} api
 * @param {AbortSignal} signal closes it
 * @param {(card: import('./finance-api.js').RateCard) => void} onAdded
 */
export function openPriceDialog(api, signal, onAdded) {
  const dialog = openDialog('price-template', signal);
  const form = the(dialog, 'form', HTMLFormElement);
  const add = the(form, '[type=submit]', HTMLButtonElement);
  const failure = the(form, '.failure', HTMLElement);
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input')]);
  form.addEventListener('submit', submit);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    fail(failure, null);
    const wrong = inputs.filter(({ type }) => type !== 'date').filter((input) => sayProblem(form, input, problemIn(input)));
    if (wrong.length > 0) return wrong[0].focus();
    add.disabled = true;
    try {
      const filled = inputs.filter(({ value }) => value.trim() !== '').map(({ name, value }) => [name, value.trim()]);
      const card = await api.addRateCard(Object.fromEntries(filled), signal);
      dialog.close();
      onAdded(card);
    } catch (error) {
      if (!signal.aborted) fail(failure, error);
    } finally {
      add.disabled = false;
    }
  }
}

/** @param {HTMLInputElement} input */
function problemIn({ name, value }) {
  if (value.trim() === '') return NEEDED[name] ?? '';
  return AMOUNTS.includes(name) ? problemOf(value.trim()) : '';
}
