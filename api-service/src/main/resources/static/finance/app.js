// @ts-check

import { copyOf, the } from '../elements.js';
import { mountHeader } from '../header.js';
import * as signin from '../signin.js';
import { FinanceApi } from './finance-api.js';
import * as page from './page.js';

const api = new FinanceApi();
const main = the(document, '#main', HTMLElement);

/** Ends whatever the part that is shown has under way. */
let part = new AbortController();

function show() {
  clear();
  const { mount } = api.isSignedIn ? page : signin;
  mount(main, api, part.signal);
}

function showForbidden() {
  clear();
  main.append(copyOf('forbidden-template'));
  const heading = the(main, 'h2', HTMLElement);
  the(main, '.who', HTMLElement).textContent = api.account ?? 'Your account';
  const another = the(main, '[name=another]', HTMLButtonElement);
  another.addEventListener('click', () => api.signOut(), { signal: part.signal });
  heading.focus();
}

function clear() {
  part.abort();
  part = new AbortController();
  main.replaceChildren();
  document.title = 'Sluice finance';
}

mountHeader(api);
api.addEventListener('session', show);
api.addEventListener('forbidden', showForbidden);
show();
