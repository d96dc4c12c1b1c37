// @ts-check

import { make, showError } from './elements.js';

/**
 * The sign-in: demo accounts where there are some, an access token elsewhere.
 *
 * @param {HTMLElement} element
 * @param {{ title: string, lead: string }} welcome
 * @param {import('./session.js').Session} api
 * @param {AbortSignal} signal ends it
 */
export function mount(element, { title, lead }, api, signal) {
  const error = make('div', { class: 'failure', role: 'alert' });
  const accounts = make('div', { class: 'accounts', hidden: true });
  const token = tokenInput();
  const form = tokenForm(token);
  element.append(
    make(
      'section',
      { class: 'signin', 'data-testid': 'signin', 'aria-labelledby': 'signin-title' },
      make('h2', { id: 'signin-title' }, title),
      make('p', { class: 'lead' }, lead),
      error,
      accounts,
      form,
    ),
  );

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

function tokenInput() {
  const attributes = { id: 'token', name: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true };
  return /** @type {HTMLInputElement} */ (make('input', { ...attributes, 'aria-describedby': 'token-hint' }));
}

/** @param {HTMLInputElement} token */
function tokenForm(token) {
  return make(
    'form',
    { class: 'token', hidden: true },
    make('label', { for: token.id }, 'Access token'),
    token,
    make('p', { class: 'hint', id: 'token-hint' }, 'It stays in this tab and is forgotten when the tab is closed.'),
    make('button', { class: 'primary', type: 'submit' }, 'Sign in'),
  );
}
