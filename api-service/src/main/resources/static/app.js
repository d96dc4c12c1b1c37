// @ts-check

import { Api } from './api.js';
import * as chat from './chat.js';
import { the } from './elements.js';
import * as signin from './signin.js';

const STORED_THEME = 'sluice.theme';
const CONNECTION_WORDS = {
  open: 'Connected',
  connecting: 'Connecting…',
  waiting: 'Reconnecting…',
  closed: 'Not connected',
};

const api = new Api();
const main = the(document, '#main', HTMLElement);
const connection = the(document, '#connection', HTMLElement);
const account = the(document, '#account', HTMLElement);
const signOut = the(document, '#sign-out', HTMLButtonElement);
const theme = the(document, '#theme', HTMLButtonElement);

/** Ends whatever the part that is shown has under way. */
let part = new AbortController();

function show() {
  part.abort();
  part = new AbortController();
  main.replaceChildren();
  document.title = 'Sluice';
  signOut.hidden = !api.isSignedIn;
  account.hidden = api.account === null;
  account.textContent = api.account;
  connection.hidden = !api.isSignedIn;
  showConnection();
  const { mount } = api.isSignedIn ? chat : signin;
  mount(main, api, part.signal);
}

function showConnection() {
  connection.dataset.state = api.connection;
  the(connection, '.connection-words', HTMLElement).textContent = CONNECTION_WORDS[api.connection];
}

/** Whether the page is dark now, by the reader's choice or by the system's. */
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
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

api.addEventListener('session', show);
api.addEventListener('connection', showConnection);
signOut.addEventListener('click', () => api.signOut());
theme.addEventListener('click', switchTheme);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme);
showTheme();
show();
