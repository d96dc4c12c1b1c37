// @ts-check

import { Api } from './api.js';
import * as chat from './chat.js';
import { copyOf } from './elements.js';
import { showConnection } from './header.js';
import { openPage } from './shell.js';

const CONNECTION_WORDS = {
  open: 'Connected',
  connecting: 'Connecting…',
  waiting: 'Reconnecting…',
  closed: 'Not connected',
};

const api = new Api();

openPage(
  {
    name: '',
    welcome: {
      title: 'Ask, and see what it costs',
      lead: 'Every answer streams as it is written, and every token of it is accounted for.',
    },
    controls: [copyOf('toggle-template')],
    mount: chat.mount,
  },
  api,
);
api.addEventListener('session', connectionChanged);
api.addEventListener('connection', connectionChanged);
connectionChanged();

function connectionChanged() {
  showConnection(api.connection, api.isSignedIn ? CONNECTION_WORDS[api.connection] : '');
}
