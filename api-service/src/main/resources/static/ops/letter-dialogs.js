// @ts-check

import { openDialog } from '../dialog.js';
import { announce, the } from '../elements.js';
import { fail } from '../part.js';
import { counted } from './words.js';

/** @typedef {import('./ops-api.js').OpsApi} OpsApi */

/**
 * Asks why nobody wants a request any more.
 *
 * @param {string} id of the letter
 * @param {OpsApi} api
 * @param {AbortSignal} signal closes it
 * @param {(letter: import('./ops-api.js').Letter) => void} onDecided
 */
export function openDiscardDialog(id, api, signal, onDecided) {
  const dialog = openDialog('discard-template', signal);
  const reason = the(dialog, '[name=reason]', HTMLInputElement);
  the(dialog, '.which', HTMLElement).textContent = id;
  onSubmit(dialog, signal, async () => {
    const letter = await api.discard(id, reason.value, signal);
    return () => onDecided(letter);
  });
}

/**
 * Asks whether all are to be called again.
 *
 * @param {number} open how many there are
 * @param {OpsApi} api
 * @param {AbortSignal} signal closes it
 * @param {() => void} onDecided
 */
export function openRedriveAllDialog(open, api, signal, onDecided) {
  const dialog = openDialog('redrive-all-template', signal);
  the(dialog, '.which', HTMLElement).textContent = counted(open, 'request');
  onSubmit(dialog, signal, async () => {
    const redriven = await api.redriveAll(signal);
    return () => {
      announce(`${counted(redriven, 'request')} redriven`);
      onDecided();
    };
  });
}

/**
 * Closes the dialog once it is done; until then it says why it is not.
 *
 * @param {HTMLDialogElement} dialog
 * @param {AbortSignal} signal
 * @param {() => Promise<() => void>} act returns what is to be done once the dialog is closed
 */
function onSubmit(dialog, signal, act) {
  const failure = the(dialog, '.failure', HTMLElement);
  the(dialog, 'form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    fail(failure, null);
    try {
      const done = await act();
      dialog.close();
      done();
    } catch (error) {
      if (signal.aborted) return;
      fail(failure, error);
      dialog.querySelector('input')?.focus();
    }
  });
}
