// @ts-check

import { openDialog, sayProblem } from '../dialog.js';
import { the } from '../elements.js';
import { fail } from '../part.js';

/** @typedef {import('./finance-api.js').Attempt} Attempt */

const COUNT = /^\d{1,8}$/;

/**
 * Decides what is to count of an attempt whose token counts cannot be believed.
 *
 * @param {string} requestId
 * @param {Attempt} attempt
 * @param {import('./finance-api.js').FinanceApi} api
 * @param {AbortSignal} signal closes it
 * @param {() => void} onResolved
 */
export function openResolveDialog(requestId, attempt, api, signal, onResolved) {
  const dialog = openDialog('resolve-template', signal);
  const form = the(dialog, 'form', HTMLFormElement);
  const input = the(form, '[name=inputTokens]', HTMLInputElement);
  const output = the(form, '[name=outputTokens]', HTMLInputElement);
  const counts = the(form, '.counts', HTMLElement);
  const save = the(form, '[type=submit]', HTMLButtonElement);
  const failure = the(form, '.failure', HTMLElement);
  form.addEventListener('change', showCounts);
  form.addEventListener('submit', submit);
  showCounts();

  function chosen() {
    return String(new FormData(form).get('resolution'));
  }

  function showCounts() {
    counts.hidden = chosen() !== 'replace';
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    fail(failure, null);
    const resolution = chosen();
    const wrong = [input, output].filter((each) => sayProblem(form, each, resolution === 'replace' ? problemOf(each) : ''));
    if (wrong.length > 0) return wrong[0].focus();
    const replaced = { inputTokens: Number(input.value), outputTokens: Number(output.value) };
    save.disabled = true;
    try {
      await api.resolve(requestId, attempt.attempt, resolution === 'replace' ? { resolution, ...replaced } : { resolution }, signal);
      dialog.close();
      onResolved();
    } catch (error) {
      if (!signal.aborted) fail(failure, error);
    } finally {
      save.disabled = false;
    }
  }
}

/** @param {HTMLInputElement} input */
function problemOf({ value }) {
  return COUNT.test(value.trim()) ? '' : 'Write the number of tokens in digits, at most ten million.';
}
