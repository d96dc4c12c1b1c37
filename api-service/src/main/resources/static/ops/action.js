// @ts-check

import { make } from '../elements.js';
import { fail } from '../part.js';

/**
 * A button that changes something, and the API's sentence beside it where the change is refused.
 *
 * @param {string} testId
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} act
 */
export function actionButton(testId, signal, act) {
  const button = make('button', { type: 'button', 'data-testid': testId });
  const failure = make('div', { class: 'refusal', role: 'alert' });
  button.addEventListener('click', press, { signal });
  return { element: make('div', { class: 'action' }, button, failure), button, show };

  /**
   * @param {string} words
   * @param {string} label the same for who does not see what it is beside
   */
  function show(words, label) {
    if (button.textContent !== words) button.textContent = words;
    if (button.getAttribute('aria-label') !== label) button.setAttribute('aria-label', label);
  }

  async function press() {
    // Not disabled: that would take the focus away from whoever has just pressed it.
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    fail(failure, null);
    try {
      await act();
    } catch (error) {
      if (!signal.aborted) fail(failure, error);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }
}
