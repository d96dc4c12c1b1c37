// @ts-check

import { openDialog, sayProblem } from '../dialog.js';
import { the } from '../elements.js';
import { fail } from '../part.js';
import { problemOf } from './amount.js';
import { capName } from './caps.js';
import { textOf, unitsOf } from './money.js';

/**
 * @typedef {import('./finance-api.js').Cap} Cap
 * @typedef {import('./finance-api.js').FinanceApi} FinanceApi
 */

/**
 * Creates a cap, or changes the amounts of one.
 *
 * @param {Cap | null} cap null for a new one
 * @param {FinanceApi} api
 * @param {AbortSignal} signal closes it
 * @param {(before: Cap, after: Cap | null) => void} onChange told once it is set
 */
export function openCapDialog(cap, api, signal, onChange) {
  const dialog = openDialog('cap-template', signal);
  const form = the(dialog, 'form', HTMLFormElement);
  const scope = the(form, '[name=scope]', HTMLSelectElement);
  const subject = the(form, '[name=subject]', HTMLInputElement);
  const period = the(form, '[name=period]', HTMLSelectElement);
  const soft = the(form, '[name=soft]', HTMLInputElement);
  const hard = the(form, '[name=hard]', HTMLInputElement);
  const save = the(form, '[type=submit]', HTMLButtonElement);
  const failure = the(form, '.failure', HTMLElement);
  if (cap !== null) showPresent(cap);
  form.addEventListener('submit', submit);

  /** @param {Cap} present */
  function showPresent(present) {
    the(dialog, 'h2', HTMLElement).textContent = `Change the cap of ${capName(present)}`;
    the(form, '.fields', HTMLElement).hidden = true;
    scope.value = present.scope;
    subject.value = present.subject;
    period.value = present.period;
    soft.value = present.soft === null ? '' : textOf(unitsOf(present.soft));
    hard.value = present.hard === null ? '' : textOf(unitsOf(present.hard));
    soft.focus();
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    fail(failure, null);
    if (!isRight()) return;
    const which = /** @type {Pick<Cap, 'scope' | 'subject' | 'period'>} */ ({ scope: scope.value, subject: subject.value.trim(), period: period.value });
    save.disabled = true;
    try {
      const set = await api.setCap(which, { soft: amountOf(soft), hard: amountOf(hard) }, signal);
      dialog.close();
      onChange(set, set);
    } catch (error) {
      if (!signal.aborted) fail(failure, error);
    } finally {
      save.disabled = false;
    }
  }

  /** Whether all can be sent; what cannot is said beside it, and the first of it has the focus. */
  function isRight() {
    const problems = [
      sayProblem(form, subject, subject.value.trim() === '' ? `Name the ${scope.value} whose spending is capped.` : ''),
      sayProblem(form, soft, amountProblem(soft)),
      sayProblem(form, hard, amountProblem(hard) || together()),
    ];
    [subject, soft, hard].find((_, index) => problems[index])?.focus();
    return !problems.some((has) => has);
  }

  function together() {
    const lower = amountOf(soft);
    const upper = amountOf(hard);
    if (lower === null && upper === null) return 'Set a soft cap, a hard cap, or both.';
    if (lower === null || upper === null || problemOf(lower) !== '') return '';
    return unitsOf(lower) > unitsOf(upper) ? 'The hard cap is below the soft cap. Raise it, or lower the soft one.' : '';
  }
}

/**
 * Asks whether a cap is to go.
 *
 * @param {Cap} cap
 * @param {FinanceApi} api
 * @param {AbortSignal} signal
 * @param {(before: Cap, after: Cap | null) => void} onChange
 */
export function openRemoval(cap, api, signal, onChange) {
  const dialog = openDialog('remove-cap-template', signal);
  const failure = the(dialog, '.failure', HTMLElement);
  the(dialog, '.which', HTMLElement).textContent = capName(cap);
  the(dialog, 'form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await api.removeCap(cap, signal);
      dialog.close();
      onChange(cap, null);
    } catch (error) {
      if (!signal.aborted) fail(failure, error);
    }
  });
}

/** @param {HTMLInputElement} input null where it is left empty */
function amountOf(input) {
  return input.value.trim() || null;
}

/** @param {HTMLInputElement} input */
function amountProblem(input) {
  const amount = amountOf(input);
  return amount === null ? '' : problemOf(amount);
}
