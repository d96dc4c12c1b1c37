// @ts-check

import { Api } from './api.js';
import * as chat from './chat.js';
import { the } from './elements.js';
import * as signin from './signin.js';

const CONNECTION_WORDS = { open: 'Connected', connecting: 'Connecting…', closed: 'Offline' };

const api = new Api();
const main = the(document, '#main', HTMLElement);
const connection = the(document, '#connection', HTMLElement);
const account = the(document, '#account', HTMLElement);
const signOut = the(document, '#sign-out', HTMLButtonElement);

/** Ends whatever the part that is shown has under way. */
let part = new AbortController();

function show() {
  part.abort();
  part = new AbortController();
  main.replaceChildren();
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
  connection.textContent = CONNECTION_WORDS[api.connection];
}

api.addEventListener('session', show);
api.addEventListener('connection', showConnection);
signOut.addEventListener('click', () => api.signOut());
show();
