// @ts-check

import { announce, make, redraw } from '../elements.js';
import { showConnection } from '../header.js';
import { followLinks } from '../links.js';
import { clockText } from '../moment.js';
import { badge, fail } from '../part.js';
import * as changes from './changes.js';
import * as deadLetters from './dead-letters.js';
import * as now from './now.js';
import { Pace } from './pace.js';
import { poll } from './poll.js';

/**
 * @typedef {import('./ops-api.js').OpsApi} OpsApi
 * @typedef {import('./ops-api.js').Overview} Overview
 */

/**
 * What a view is given.
 *
 * @typedef {object} Context
 * @property {OpsApi} api
 * @property {Pace} pace how requests came and went since the page was opened
 * @property {AbortSignal} signal ends it
 * @property {() => void} changed to be called after a change: looks at once how things are now
 */

/**
 * A view that is shown.
 *
 * @template T
 * @typedef {object} Shown
 * @property {(signal: AbortSignal) => Promise<T>} ask for what it needs beside the overview
 * @property {(overview: Overview, answer: T) => void} show
 */

/** @type {Record<string, { title: string, mount: (element: HTMLElement, context: Context) => Shown<any> }>} */
const VIEWS = {
  now: { title: 'Now', mount: now.mount },
  'dead-letters': { title: 'Dead letters', mount: deadLetters.mount },
  changes: { title: 'Changes', mount: changes.mount },
};

const CONNECTION = { open: 'Live', waiting: 'Connecting…', closed: 'Not connected' };

/**
 * The page of an operator who is signed in: a view, asked for anew each second.
 *
 * @param {HTMLElement} element
 * @param {OpsApi} api
 * @param {AbortSignal} signal ends it
 */
export function mount(element, api, signal) {
  const links = Object.keys(VIEWS).map(viewLink);
  const heading = make('h2', { tabindex: '-1', 'data-testid': 'view-title' });
  const asOf = make('p', { class: 'as-of', 'data-testid': 'as-of' });
  const stale = make('div', { class: 'stale-words', 'data-testid': 'stale', hidden: true });
  const failure = make('div');
  const staleness = make('p');
  const content = make('div', { class: 'content' });
  const page = make(
    'div',
    { class: 'page', 'data-testid': 'ops' },
    make('nav', { class: 'views', 'aria-label': 'Ops' }, ...links),
    make('div', { class: 'view-head' }, heading, asOf),
    stale,
    content,
  );
  const pace = new Pace();

  /** Ends what the view that is shown has under way. */
  let view = new AbortController();

  /** What is asked about the view that is shown. @type {() => void} */
  let look = () => {};

  /** When what is shown was so; empty before anything is. */
  let shownAt = '';

  stale.append(staleness, failure);
  element.append(page);
  followLinks(element, signal, () => {
    draw();
    announce(`${heading.textContent} shown`);
  });
  addEventListener('popstate', draw, { signal });
  signal.addEventListener('abort', leave, { once: true });
  draw();

  function draw() {
    view.abort();
    view = new AbortController();
    const name = viewNamed();
    const { title, mount: mountView } = VIEWS[name];
    document.title = `${title} · Sluice ops`;
    heading.textContent = title;
    for (const link of links) link.toggleAttribute('aria-current', link.dataset.view === name);
    content.replaceChildren();
    shownAt = '';
    const shown = mountView(content, { api, pace, signal: view.signal, changed: () => look() });
    look = poll(
      (asking) => Promise.all([api.overview(asking), shown.ask(asking)]),
      ([overview, answer]) => {
        show(overview);
        shown.show(overview, answer);
      },
      showFreshness,
      view.signal,
    );
  }

  /** @param {Overview} overview */
  function show(overview) {
    shownAt = overview.at;
    pace.add(overview);
    asOf.textContent = `As of ${clockText(overview.at)} UTC`;
    const { open } = overview.dead_letters;
    const [, letters] = links;
    redraw(letters, 'Dead letters', open === 0 ? '' : ' ', open === 0 ? '' : badge('wrong', String(open)));
  }

  /**
   * What is shown is never left to look as if it were new.
   *
   * @param {import('./poll.js').Freshness} freshness
   * @param {any} error
   */
  function showFreshness(freshness, error) {
    showConnection(freshness, CONNECTION[freshness]);
    page.dataset.freshness = freshness;
    content.hidden = shownAt === '' && freshness !== 'open';
    stale.hidden = freshness !== 'closed';
    if (freshness === 'open') return;
    asOf.textContent = '';
    staleness.textContent =
      shownAt === '' ? 'Not connected. It is tried again each second.' : `Not connected. What you see is of ${clockText(shownAt)} UTC. It is tried again each second.`;
    fail(failure, error);
  }

  function leave() {
    view.abort();
    showConnection('closed', '');
  }
}

/** The address says it; what it says wrong is what most people want. */
function viewNamed() {
  const name = new URLSearchParams(location.search).get('view') ?? 'now';
  return Object.hasOwn(VIEWS, name) ? name : 'now';
}

/** @param {string} name */
function viewLink(name) {
  return make('a', { href: name === 'now' ? '?' : `?view=${name}`, 'data-testid': `view-${name}`, 'data-view': name }, VIEWS[name].title);
}
