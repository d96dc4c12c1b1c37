// @ts-check

import { Api } from './api.js';
import * as chat from './chat.js';
import { the } from './elements.js';
import { mountHeader } from './header.js';
import * as signin from './signin.js';

const CONNECTION_WORDS = {
  open: 'Connected',
  connecting: 'Connecting…',
  waiting: 'Reconnecting…',
  closed: 'Not connected',
};

const api = new Api();
const main = the(document, '#main', HTMLElement);
const connection = the(document, '#connection', HTMLElement);

/** Ends whatever the part that is shown has under way. */
let part = new AbortController();

function show() {
  part.abort();
  part = new AbortController();
  main.replaceChildren();
  document.title = 'Sluice';
  connection.hidden = !api.isSignedIn;
  showConnection();
  const { mount } = api.isSignedIn ? chat : signin;
  mount(main, api, part.signal);
}

function showConnection() {
  connection.dataset.state = api.connection;
  the(connection, '.connection-words', HTMLElement).textContent = CONNECTION_WORDS[api.connection];
}

mountHeader(api);
api.addEventListener('session', show);
api.addEventListener('connection', showConnection);
show();
