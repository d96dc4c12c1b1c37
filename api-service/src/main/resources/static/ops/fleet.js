// @ts-check

import { make, redraw } from '../elements.js';
import { count, figure, link } from '../part.js';
import { age, counted, factorWords, rate } from './words.js';

/** @typedef {import('./ops-api.js').Overview} Overview */

/**
 * What limits throughput now, and the figures that are read first.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 * @returns {(overview: Overview) => void}
 */
export function mount(element, { pace }) {
  const factor = make('p', { class: 'factor', 'data-testid': 'factor' });
  const advice = make('p', { class: 'factor-advice' });
  const figures = make('div', { class: 'figures' });
  element.append(
    make(
      'section',
      { class: 'panel limiting', 'aria-labelledby': 'limiting-title', 'data-testid': 'limiting' },
      make('h3', { id: 'limiting-title' }, 'What limits throughput now'),
      factor,
      advice,
    ),
    figures,
  );
  return show;

  /** @param {Overview} overview */
  function show(overview) {
    const { name, kind, advice: words } = factorWords(overview.fleet.limiting_factor);
    factor.dataset.kind = kind;
    redraw(factor, name);
    redraw(advice, words, where(overview));
    redraw(figures, ...cards(overview));
  }

  /** @param {Overview} overview */
  function cards({ fleet, lanes, dead_letters: { open } }) {
    const backlog = lanes.reduce((sum, lane) => sum + lane.backlog, 0);
    const oldest = Math.max(...lanes.map((lane) => lane.oldest_age_ms ?? 0));
    return [
      figure('Requests in', 'figure-in', perSecond(fleet.requests_in), pace.line('in')),
      figure('Requests out', 'figure-out', perSecond(fleet.requests_out), pace.line('out')),
      figure('In flight', 'figure-in-flight', count(fleet.in_flight), `on ${counted(fleet.workers, 'worker')}`),
      figure('Waiting', 'figure-backlog', count(backlog), backlog === 0 ? 'nothing waits' : `the oldest for ${age(oldest)}`),
      figure('Usable concurrency', 'figure-usable', count(fleet.usable_concurrency), usable(fleet.usable_concurrency)),
      figure('Dead letters', 'figure-dead-letters', count(open), open === 0 ? 'none is open' : link('?view=dead-letters', 'to be decided')),
    ];
  }
}

/** @param {number} each */
function perSecond(each) {
  return make('span', {}, rate(each), make('span', { class: 'unit' }, ' /s'));
}

/** @param {number | null} usable */
function usable(usable) {
  return usable === null ? 'known once calls were answered' : 'calls at once that the limits carry';
}

/**
 * Where it is, if it is not everywhere.
 *
 * @param {Overview} overview
 */
function where({ fleet, pools }) {
  const there = pools.filter((pool) => pool.limiting_factor === fleet.limiting_factor);
  if (fleet.limiting_factor === 'idle' || there.length === 0) return '';
  return ` ${there.length === 1 ? 'Pool' : 'Pools'}: ${there.map((pool) => pool.pool).join(', ')}.`;
}
