// @ts-check

import { openPage } from '../shell.js';
import { FinanceApi } from './finance-api.js';
import { mount } from './page.js';

openPage(
  {
    name: 'finance',
    welcome: {
      title: 'What it cost, and why',
      lead: 'Every call that was paid for, to the last token. It takes an account with the role finance.',
    },
    only: { role: 'finance', title: 'This page is for finance' },
    mount,
  },
  new FinanceApi(),
);
