// @ts-check

import { openPage } from '../shell.js';
import { OpsApi } from './ops-api.js';
import { mount } from './page.js';

openPage(
  {
    name: 'ops',
    welcome: {
      title: 'What it does, and what limits it',
      lead: 'The fleet as it is now, and its controls. It takes an account with the role ops.',
    },
    only: { role: 'ops', title: 'This page is for operators' },
    mount,
  },
  new OpsApi(),
);
