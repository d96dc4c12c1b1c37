// @ts-check

import { announce, copyOf, make, the } from '../elements.js';
import { followLinks } from '../links.js';
import { momentText } from '../moment.js';
import * as caps from './caps.js';
import * as costs from './costs.js';
import * as exports from './exports.js';
import { mountFilters } from './filters.js';
import { mountPeriod } from './period.js';
import { DIMENSIONS, periodNamed, placeOf, queryOf } from './place.js';
import * as prices from './prices.js';
import * as reconciliation from './reconciliation.js';
import * as request from './request.js';
import * as requests from './requests.js';
import * as savings from './savings.js';

/**
 * @typedef {import('./place.js').Place} Place
 * @typedef {import('./place.js').View} View
 * @typedef {import('./finance-api.js').FinanceApi} FinanceApi
 */

/**
 * What a view is given.
 *
 * @typedef {object} Context
 * @property {FinanceApi} api
 * @property {Place} place
 * @property {AbortSignal} signal ends it
 * @property {(changes: Partial<Place>) => string} href address of the place with these changes
 * @property {(changes: Partial<Place>) => void} go
 * @property {() => import('./days.js').Period} month
 */

/** @type {Record<View, { title: string, module: { mount: (element: HTMLElement, context: Context) => void }, hasPeriod: boolean, filters: import('./place.js').Dimension[] }>} */
const VIEWS = {
  costs: { title: 'Costs', module: costs, hasPeriod: true, filters: DIMENSIONS },
  requests: { title: 'Requests', module: requests, hasPeriod: true, filters: DIMENSIONS },
  request: { title: 'One request', module: request, hasPeriod: false, filters: [] },
  savings: { title: 'Savings', module: savings, hasPeriod: true, filters: DIMENSIONS },
  caps: { title: 'Caps', module: caps, hasPeriod: false, filters: [] },
  reconciliation: { title: 'Reconciliation', module: reconciliation, hasPeriod: true, filters: [] },
  prices: { title: 'Prices', module: prices, hasPeriod: false, filters: [] },
  exports: { title: 'Exports', module: exports, hasPeriod: true, filters: [] },
};

/** @type {View[]} */
const LISTED = ['costs', 'requests', 'savings', 'caps', 'reconciliation', 'prices', 'exports'];

/**
 * The page of somebody who is signed in: a view, and what all views share above it.
 *
 * @param {HTMLElement} element
 * @param {FinanceApi} api
 * @param {AbortSignal} signal ends it
 */
export function mount(element, api, signal) {
  element.append(copyOf('finance-template'));
  const views = the(element, '.views', HTMLElement);
  const period = the(element, '.period', HTMLElement);
  const filters = the(element, '.filters', HTMLElement);
  const heading = the(element, 'h2', HTMLElement);
  const asOf = the(element, '.as-of', HTMLElement);
  const content = the(element, '.content', HTMLElement);
  const refresh = the(element, '[name=refresh]', HTMLButtonElement);

  /** Ends what the view that is shown has under way. */
  let view = new AbortController();

  followLinks(element, signal, () => {
    draw();
    announce(`${heading.textContent} shown`);
  });
  refresh.addEventListener('click', draw, { signal });
  addEventListener('popstate', draw, { signal });
  signal.addEventListener('abort', () => view.abort(), { once: true });
  draw();

  function draw() {
    view.abort();
    view = new AbortController();
    const place = placeOf(location.search);
    const { title, module, hasPeriod, filters: allowed } = VIEWS[place.view];
    /** @type {Context} */
    const context = {
      api,
      place,
      signal: view.signal,
      href: (changes) => queryOf({ ...place, ...changes }),
      go,
      month: () => periodNamed('month'),
    };
    const kept = keptFocus(element);
    document.title = `${title} · Sluice finance`;
    heading.textContent = title;
    asOf.textContent = `As of ${momentText(Date.now())} UTC`;
    views.replaceChildren(...LISTED.map((each) => viewLink(each, context)));
    period.hidden = !hasPeriod;
    filters.hidden = allowed.length === 0;
    if (hasPeriod) mountPeriod(period, context);
    if (allowed.length > 0) mountFilters(filters, allowed, context);
    content.replaceChildren();
    module.mount(content, context);
    if (kept !== null) (/** @type {HTMLElement | null} */ (element.querySelector(kept)) ?? heading).focus();
  }

  /** @param {Partial<Place>} changes */
  function go(changes) {
    history.pushState(null, '', queryOf({ ...placeOf(location.search), ...changes }));
    draw();
  }
}

/**
 * @param {View} view
 * @param {Context} context
 */
function viewLink(view, { href, place }) {
  const isShown = view === place.view || (view === 'requests' && place.view === 'request');
  return make(
    'a',
    {
      href: href({ view, state: '' }),
      'data-testid': `view-${view}`,
      'data-keep': `view-${view}`,
      'aria-current': isShown && 'page',
    },
    VIEWS[view].title,
  );
}

/**
 * What has the focus, to give it back once all is drawn anew: what is gone then leaves it to the
 * heading. Null where nothing has it that is drawn anew.
 *
 * @param {HTMLElement} element
 */
function keptFocus(element) {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement || focused instanceof SVGElement) || !element.contains(focused)) return null;
  if (focused.matches('h2, [name=refresh]')) return null;
  return `[data-keep="${focused.dataset.keep}"]`;
}
