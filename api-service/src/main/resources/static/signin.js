// @ts-check

import { copyOf, showError, the } from './elements.js';

/**
 * The sign-in: demo accounts where there are some, an access token elsewhere.
 *
 * @param {HTMLElement} element
 * @param {import('./session.js').Session} api
 * @param {AbortSignal} signal ends it
 */
export function mount(element, api, signal) {
  element.append(copyOf('signin-template'));
  const error = the(element, '.failure', HTMLElement);
  const accounts = the(element, '.accounts', HTMLElement);
  const form = the(element, 'form', HTMLFormElement);
  const token = the(form, 'input', HTMLInputElement);

  showError(error, api.notice);
  form.addEventListener('submit', signInWithToken, { signal });
  offer();

  async function offer() {
    const names = await api.demoAccounts(signal).catch(fail);
    if (signal.aborted) return;
    if (names) {
      accounts.append(...names.map(buttonFor));
      accounts.hidden = false;
      return;
    }
    form.hidden = false;
    token.focus();
  }

  /** @param {string} name */
  function buttonFor(name) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.testid = `continue-${name}`;
    button.textContent = `Continue as ${name}`;
    button.addEventListener('click', () => api.signInAs(name, signal).catch(fail), { signal });
    return button;
  }

  /** @param {SubmitEvent} event */
  function signInWithToken(event) {
    event.preventDefault();
    try {
      api.signInWith(token.value.trim());
    } catch (cause) {
      fail(cause);
    }
  }

  /** @param {any} cause */
  function fail(cause) {
    if (signal.aborted) return null;
    showError(error, cause);
    return null;
  }
}
