// @ts-check

import { the } from './elements.js';

const STORED_THEME = 'sluice.theme';

/**
 * What every page has at its head: who is signed in, the way out, and the colours.
 *
 * @param {import('./session.js').Session} session
 */
export function mountHeader(session) {
  const account = the(document, '#account', HTMLElement);
  const signOut = the(document, '#sign-out', HTMLButtonElement);
  const theme = the(document, '#theme', HTMLButtonElement);

  session.addEventListener('session', showSession);
  signOut.addEventListener('click', () => session.signOut());
  theme.addEventListener('click', switchTheme);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme);
  showSession();
  showTheme();

  function showSession() {
    signOut.hidden = !session.isSignedIn;
    account.hidden = session.account === null;
    account.textContent = session.account;
  }

  function showTheme() {
    theme.setAttribute('aria-label', isDark() ? 'Switch to light colours' : 'Switch to dark colours');
  }

  function switchTheme() {
    const chosen = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem(STORED_THEME, chosen);
    showTheme();
  }
}

/** Whether the page is dark now, by the reader's choice or by the system's. */
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}
