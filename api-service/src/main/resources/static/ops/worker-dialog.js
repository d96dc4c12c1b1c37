// @ts-check

import { openDialog, sayProblem } from '../dialog.js';
import { announce, the } from '../elements.js';
import { fail } from '../part.js';
import { NO_NUMBER, numberOf } from './concurrency.js';

/**
 * Sets how many calls one worker may have at once, or goes back to what the fleet has.
 *
 * @param {import('./ops-api.js').Worker} worker
 * @param {import('./ops-api.js').OpsApi} api
 * @param {AbortSignal} signal closes it
 * @param {() => void} onChange
 */
export function openWorkerDialog({ id, concurrency, concurrency_set_by: by }, api, signal, onChange) {
  const dialog = openDialog('worker-template', signal);
  const form = the(dialog, 'form', HTMLFormElement);
  const input = the(form, '[name=concurrency]', HTMLInputElement);
  const back = the(form, '[name=back]', HTMLButtonElement);
  const failure = the(form, '.failure', HTMLElement);
  the(dialog, '.which', HTMLElement).textContent = id;
  input.value = String(concurrency);
  input.select();
  back.hidden = by !== 'worker';
  back.addEventListener('click', () => set(null));
  form.addEventListener('submit', submit);

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const wanted = numberOf(input);
    if (sayProblem(form, input, wanted === null ? NO_NUMBER : '')) return input.focus();
    set(wanted);
  }

  /** @param {number | null} wanted null for that of the fleet */
  async function set(wanted) {
    fail(failure, null);
    try {
      await api.setWorkerConcurrency(id, wanted, signal);
      dialog.close();
      announce(wanted === null ? `${id} has the concurrency of the fleet` : `Concurrency of ${id} is set to ${wanted}`);
      onChange();
    } catch (error) {
      if (signal.aborted) return;
      fail(failure, error);
      input.focus();
    }
  }
}
