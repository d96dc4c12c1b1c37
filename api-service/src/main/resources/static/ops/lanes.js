// @ts-check

import { announce, make } from '../elements.js';
import { badge, count, hint, section } from '../part.js';
import { actionButton } from './action.js';
import { liveTable } from './live-table.js';
import { age, factorWords, rate } from './words.js';

/** @typedef {import('./ops-api.js').Lane} Lane */

/**
 * What waits on each lane, for how long, and the way to stop it.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 * @returns {(overview: import('./ops-api.js').Overview) => void}
 */
export function mount(element, { api, signal, changed }) {
  const table = liveTable('Lanes', 'lanes', columns(), (lane) => lane.lane);
  element.append(
    section('Lanes', 'lanes-panel', hint('A paused lane keeps what waits; calls under way go on, and so do deadlines.'), table.element),
  );
  return ({ lanes }) => table.show(lanes);

  /** @returns {import('./live-table.js').Column<Lane>[]} */
  function columns() {
    return [
      { title: 'Lane', cell: ({ pool, priority }) => make('span', {}, pool, make('span', { class: 'under' }, priority)) },
      { title: 'Limited by', cell: factorOf },
      { title: 'In flight', isFigure: true, cell: (lane) => count(lane.in_flight) },
      { title: 'Started /s', isFigure: true, cell: (lane) => rate(lane.started_per_second) },
      { title: 'Waiting', isFigure: true, cell: waitingOf },
      { title: 'Oldest', isFigure: true, cell: (lane) => age(lane.oldest_age_ms) },
      { title: 'ETA', isFigure: true, cell: etaOf },
      { title: 'Control', control: pauseOf },
    ];
  }

  /** @param {Lane} lane */
  function pauseOf({ lane: name }) {
    let isPaused = false;
    const button = actionButton('pause', signal, async () => {
      const wanted = !isPaused;
      await api.pause(name, wanted, signal);
      announce(wanted ? `${name} is paused` : `${name} goes on`);
      changed();
    });
    return {
      element: button.element,
      show: (/** @type {Lane} */ lane) => {
        isPaused = lane.paused;
        button.show(isPaused ? 'Resume' : 'Pause', isPaused ? `Resume lane ${name}` : `Pause lane ${name}`);
      },
    };
  }
}

/** @param {Lane} lane */
function factorOf(lane) {
  const { name, kind } = factorWords(lane.paused ? 'paused' : lane.limiting_factor);
  return badge(kind, name);
}

/** @param {Lane} lane */
function waitingOf({ backlog, backlog_tokens: tokens }) {
  if (backlog === 0) return '0';
  return make('span', {}, count(backlog), make('span', { class: 'under' }, `≈ ${count(tokens)} tokens`));
}

/** @param {Lane} lane */
function etaOf({ eta_ms: eta }) {
  if (eta === null) return 'not now';
  return eta < 1_000 ? 'at once' : `≈ ${age(eta)}`;
}
