// @ts-check

import { make } from './elements.js';
import { header } from './header.js';
import * as signin from './signin.js';

/** @typedef {import('./session.js').Session} Session */

/**
 * What tells a page from the others.
 *
 * @template {Session} S
 * @typedef {object} Page
 * @property {string} name empty for the chat
 * @property {{ title: string, lead: string }} welcome said to whoever has to sign in
 * @property {{ role: string, title: string }} [only] whom it is for, and what is said to others
 * @property {Node[]} [controls] its own in the header
 * @property {(element: HTMLElement, session: S, signal: AbortSignal) => void} mount shows it to whoever is signed in
 */

/**
 * Opens a page: what all of them have around what they show, the sign-in, the refusal.
 *
 * @template {Session} S
 * @param {Page<S>} page
 * @param {S} session
 */
export function openPage({ name, welcome, only, controls = [], mount }, session) {
  const main = make('main', { id: 'main' });
  const announcements = make('p', { class: 'visually-hidden', id: 'announcements', role: 'status' });

  /** Ends whatever the part that is shown has under way. */
  let part = new AbortController();

  document.body.prepend(header(name, session, controls), main, announcements);
  session.addEventListener('session', show);
  session.addEventListener('forbidden', refuse);
  show();

  function show() {
    clear();
    if (session.isSignedIn) mount(main, session, part.signal);
    else signin.mount(main, welcome, session, part.signal);
  }

  function refuse() {
    if (only === undefined) return;
    clear();
    const heading = make('h2', { id: 'forbidden-title', tabindex: '-1' }, only.title);
    const another = make('button', { class: 'primary', type: 'button', 'data-testid': 'another' }, 'Sign in as somebody else');
    another.addEventListener('click', () => session.signOut(), { signal: part.signal });
    main.append(
      make(
        'section',
        { class: 'signin', 'data-testid': 'forbidden', 'aria-labelledby': 'forbidden-title' },
        heading,
        make(
          'p',
          { class: 'lead' },
          make('strong', {}, session.account ?? 'Your account'),
          ' does not have the role ',
          make('em', {}, only.role),
          '. Ask an operator for it, or sign in with an account that has it.',
        ),
        another,
        make('p', {}, make('a', { href: './' }, 'To the chat')),
      ),
    );
    heading.focus();
  }

  function clear() {
    part.abort();
    part = new AbortController();
    main.replaceChildren();
    document.title = name === '' ? 'Sluice' : `Sluice ${name}`;
  }
}
