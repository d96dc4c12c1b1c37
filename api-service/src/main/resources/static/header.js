// @ts-check

import { make, svg, the } from './elements.js';

/** @typedef {import('./session.js').Session} Session */

const STORED_THEME = 'sluice.theme';

/** The pages of Sluice, each for whoever has the role. */
const PAGES = [
  { name: '', href: './', role: 'chat', words: 'Chat' },
  { name: 'finance', href: 'finance', role: 'finance', words: 'Finance' },
  { name: 'ops', href: 'ops', role: 'ops', words: 'Ops' },
];

/**
 * What every page has at its head: the way to the other pages, who is signed in, the way out, and the
 * colours.
 *
 * @param {string} name of the page, empty for the chat
 * @param {Session} session
 * @param {Node[]} controls of the page's own
 */
export function header(name, session, controls) {
  const pages = make('nav', { class: 'pages', 'aria-label': 'Pages', hidden: true });
  const account = make('p', { class: 'account', id: 'account' });
  const signOut = make('button', { class: 'quiet', id: 'sign-out', type: 'button', 'data-testid': 'sign-out' }, 'Sign out');
  const theme = make('button', { class: 'icon', id: 'theme', type: 'button', 'data-testid': 'theme' }, themeIcon());

  session.addEventListener('session', showSession);
  signOut.addEventListener('click', () => session.signOut());
  theme.addEventListener('click', switchTheme);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme);
  showSession();
  showTheme();
  return make('header', { class: 'bar' }, ...controls, brand(name), connection(), pages, theme, account, signOut);

  function showSession() {
    signOut.hidden = !session.isSignedIn;
    account.hidden = session.account === null;
    account.textContent = session.account;
    pages.hidden = true;
    if (session.isSignedIn) offerPages();
  }

  /** Which pages are of use only the server knows; until it has said so there is no way to them. */
  async function offerPages() {
    const { token } = session;
    const roles = await session.roles().catch(() => /** @type {string[]} */ ([]));
    if (token !== session.token) return;
    const others = PAGES.filter((page) => page.name !== name && roles.includes(page.role));
    pages.replaceChildren(...others.map(({ href, words, role }) => make('a', { href, 'data-testid': `page-${role}` }, words)));
    pages.hidden = others.length === 0;
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

/**
 * Says in the header whether what is shown comes from the server now.
 *
 * @param {'open' | 'connecting' | 'waiting' | 'closed'} state
 * @param {string} words empty takes it away
 */
export function showConnection(state, words) {
  const element = the(document, '#connection', HTMLElement);
  const said = the(element, '.connection-words', HTMLElement);
  element.hidden = words === '';
  element.dataset.state = state;
  if (said.textContent !== words) said.textContent = words;
}

function connection() {
  const attributes = { class: 'connection', id: 'connection', role: 'status', 'data-testid': 'connection', hidden: true };
  return make('p', attributes, make('span', { class: 'connection-words' }));
}

/** @param {string} name */
function brand(name) {
  const logo = make('img', { src: 'logo.svg', alt: '', width: '28', height: '28' });
  if (name === '') return make('h1', { class: 'brand' }, logo, 'Sluice');
  return make('h1', { class: 'brand' }, logo, 'Sluice ', make('span', { class: 'brand-part' }, name));
}

function themeIcon() {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { d: 'M12 4a8 8 0 1 0 0 16z', class: 'filled' }),
    svg('circle', { cx: 12, cy: 12, r: 8 }),
  );
}

/** Whether the page is dark now, by the reader's choice or by the system's. */
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}
