// @ts-check

import { announce, hide, make } from '../elements.js';
import { momentText } from '../moment.js';
import { badge, count, hint, section } from '../part.js';
import { actionButton } from './action.js';
import { liveTable } from './live-table.js';
import { age, between, factorWords } from './words.js';
import { openWorkerDialog } from './worker-dialog.js';

/**
 * A worker, and when it was looked at.
 *
 * @typedef {import('./ops-api.js').Worker & { at: string }} Worker
 */

/** @type {Record<Worker['state'], ['good' | 'wait' | 'wrong', string]>} */
const STATES = {
  running: ['good', 'running'],
  draining: ['wait', 'draining'],
  drained: ['wait', 'drained'],
  stopped: ['wait', 'stopped'],
  lost: ['wrong', 'lost'],
};

const SET_BY = { default: 'default', fleet: 'as the fleet', worker: 'its own' };

/**
 * Who does the work, and the controls of each.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 * @returns {(overview: import('./ops-api.js').Overview) => void}
 */
export function mount(element, { api, signal, changed }) {
  const table = liveTable('Workers', 'workers', columns(), (worker) => worker.id);
  const none = hint('');
  element.append(
    section(
      'Workers',
      'workers-panel',
      hint('A drained worker has handed back what waits and finished its calls. It stays so, over restarts too, until it is let in again.'),
      none,
      table.element,
    ),
  );
  return ({ workers, at }) => {
    none.textContent = workers.length === 0 ? 'No worker is there: what comes waits in its lane. Start one.' : '';
    table.element.hidden = workers.length === 0;
    table.show(workers.map((worker) => ({ ...worker, at })));
  };

  /** @returns {import('./live-table.js').Column<Worker>[]} */
  function columns() {
    return [
      { title: 'Worker', cell: ({ id, host }) => make('span', {}, id, make('span', { class: 'under' }, host)) },
      { title: 'State', cell: ({ state }) => badge(...STATES[state]) },
      { title: 'Limited by', cell: ({ limiting_factor: factor }) => factorWords(factor).name },
      { title: 'In flight', isFigure: true, cell: (worker) => count(worker.in_flight) },
      { title: 'Concurrency', isFigure: true, cell: concurrencyOf },
      { title: 'Heartbeat', isFigure: true, cell: ({ heartbeat_at: heartbeat, at }) => `${age(between(heartbeat, at))} ago` },
      { title: 'Version', cell: ({ version, started_at: started }) => make('span', {}, version, make('span', { class: 'under' }, `since ${momentText(started)}`)) },
      { title: 'Control', control: controlsOf },
    ];
  }

  /** @param {Worker} worker */
  function controlsOf(worker) {
    let now = worker;
    const drain = actionButton('drain', signal, async () => {
      const wanted = now.state === 'running';
      await api.drain(now.id, wanted, signal);
      announce(wanted ? `${now.id} drains` : `${now.id} is let in again`);
      changed();
    });
    const change = make('button', { type: 'button', 'aria-label': `Concurrency of ${worker.id}`, 'data-testid': 'worker-concurrency' }, 'Concurrency');
    change.addEventListener('click', () => openWorkerDialog(now, api, signal, changed), { signal });
    return {
      element: make('div', { class: 'actions' }, change, drain.element),
      show: (/** @type {Worker} */ next) => {
        now = next;
        const isRunning = now.state === 'running';
        drain.show(isRunning ? 'Drain' : 'Let in again', isRunning ? `Drain ${now.id}` : `Let ${now.id} in again`);
        hide(drain.element, now.state === 'stopped' || now.state === 'lost', change);
      },
    };
  }
}

/** @param {Worker} worker */
function concurrencyOf({ concurrency, concurrency_set_by: by }) {
  return make('span', {}, count(concurrency), make('span', { class: 'under' }, SET_BY[by]));
}
