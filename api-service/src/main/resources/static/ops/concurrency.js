// @ts-check

import { sayProblem } from '../dialog.js';
import { announce, hide, make, redraw } from '../elements.js';
import { momentText } from '../moment.js';
import { fail, hint, section } from '../part.js';
import { actionButton } from './action.js';
import { meter } from './meter.js';
import { counted } from './words.js';

/** @typedef {import('./ops-api.js').Overview} Overview */

/**
 * How many calls may be under way at once, of the whole fleet, beside how many are.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 * @returns {(overview: Overview) => void}
 */
export function mount(element, { api, signal, changed }) {
  const places = make('div', { class: 'meter-part' });
  const said = hint('');
  const input = concurrencyInput('concurrency');
  const set = make('button', { type: 'submit', class: 'primary', 'data-testid': 'set-concurrency' }, 'Set');
  const back = actionButton('reset-concurrency', signal, async () => {
    await api.setConcurrency(null, signal);
    done('Concurrency is back to what is configured');
  });
  const failure = make('div', { class: 'refusal', role: 'alert', 'data-testid': 'concurrency-refusal' });
  const form = make(
    'form',
    { class: 'setting', novalidate: true },
    make('label', { for: input.id }, 'Calls at once, for each worker'),
    make('div', { class: 'setting-controls' }, input, set, back.element),
    make('p', { class: 'problem', id: `${input.id}-problem` }),
    failure,
  );
  form.addEventListener('submit', submit, { signal });
  input.addEventListener('input', () => (isWritten = true), { signal });
  element.append(section('Concurrency', 'concurrency-panel', places, form, said));

  /** Whether somebody has written what is not set: it stays until then. */
  let isWritten = false;
  return show;

  /** @param {Overview} overview */
  function show({ fleet, workers }) {
    const { fleet: own, configured_per_worker: configured, set_by: by, set_at: at } = fleet.concurrency;
    if (!isWritten) input.value = String(own ?? configured ?? '');
    back.show(configured === null ? 'Back to default' : `Back to default, ${configured}`, 'Back to the concurrency that is configured');
    hide(back.element, own === null, input);
    redraw(said, own === null ? 'As configured. In force within a second, kept over restarts.' : `Set to ${own} by ${by}, ${momentText(at ?? '')} UTC.`);
    const allowed = workers.filter((worker) => worker.state === 'running').reduce((sum, worker) => sum + worker.concurrency, 0);
    redraw(places, ...placesOf(fleet, allowed));
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    fail(failure, null);
    const wanted = numberOf(input);
    if (sayProblem(form, input, wanted === null ? NO_NUMBER : '') || wanted === null) return input.focus();
    try {
      await api.setConcurrency(wanted, signal);
      done(`Concurrency is set to ${wanted}`);
    } catch (error) {
      if (signal.aborted) return;
      fail(failure, error);
      input.focus();
    }
  }

  /** @param {string} words */
  function done(words) {
    isWritten = false;
    fail(failure, null);
    announce(words);
    changed();
  }
}

/** @param {string} id */
export function concurrencyInput(id) {
  const attributes = { id, name: id, inputmode: 'numeric', autocomplete: 'off', class: 'number', 'data-testid': id };
  return /** @type {HTMLInputElement} */ (make('input', { ...attributes, 'aria-describedby': `${id}-problem` }));
}

/** What is said where no number is written. */
export const NO_NUMBER = 'Write a whole number in digits, such as 200.';

/** @param {HTMLInputElement} input null where no number is written; which numbers may be the API says */
export function numberOf({ value }) {
  return /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : null;
}

/**
 * @param {import('./ops-api.js').Fleet} fleet
 * @param {number} allowed calls at once
 */
function placesOf({ in_flight: inFlight, usable_concurrency: usable }, allowed) {
  const words = `${counted(inFlight, 'call')} in flight, of ${allowed.toLocaleString('en-US')} that may be`;
  const tail = usable === null ? '' : `; the limits carry ${usable.toLocaleString('en-US')}`;
  return [
    make('p', { class: 'meter-words', 'data-testid': 'places' }, make('strong', {}, words), tail),
    meter(words, [{ kind: 'used', amount: inFlight }], Math.max(allowed, inFlight)),
  ];
}
