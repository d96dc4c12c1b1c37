// @ts-check

import { make, showError } from './elements.js';

/**
 * A part of the page that is loaded by itself: it says that it loads, then shows what came, or says
 * what went wrong and offers another try.
 *
 * @template T
 * @param {HTMLElement} place holds nothing else
 * @param {AbortSignal} signal
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => (Node | string)[]} draw
 */
export async function load(place, signal, ask, draw) {
  place.setAttribute('aria-busy', 'true');
  place.replaceChildren(make('p', { class: 'loading' }, 'Loading…'));
  try {
    const answer = await ask();
    if (!signal.aborted) place.replaceChildren(...draw(answer));
  } catch (error) {
    if (signal.aborted) return;
    const again = make('button', { type: 'button', 'data-testid': 'retry' }, 'Try again');
    again.addEventListener('click', () => load(place, signal, ask, draw), { signal });
    const failure = make('div', { role: 'alert' });
    place.replaceChildren(make('div', { class: 'failed' }, failure, again));
    fail(failure, error);
  } finally {
    place.removeAttribute('aria-busy');
  }
}

/**
 * Tells in the server's own sentence what went wrong.
 *
 * @param {HTMLElement} place
 * @param {any} error null takes it away
 */
export function fail(place, error) {
  showError(place, error, ({ message = '' }) => ({ happened: message || 'This did not work.', advice: '' }));
}

/**
 * A part with a heading.
 *
 * @param {string} title
 * @param {string} testId
 * @param {...(Node | string)} content
 */
export function section(title, testId, ...content) {
  const id = `${testId}-title`;
  return make(
    'section',
    { class: 'panel', 'aria-labelledby': id, 'data-testid': testId },
    make('h3', { id }, title),
    ...content,
  );
}

/** @param {string} words */
export function hint(words) {
  return make('p', { class: 'hint' }, words);
}

/** @param {string} words said where there is nothing to show */
export function nothing(words) {
  return make('p', { class: 'nothing', 'data-testid': 'nothing' }, words);
}

/**
 * @param {string} href
 * @param {string} words
 * @param {string} [testId]
 */
export function link(href, words, testId) {
  return make('a', { href, ...(testId === undefined ? {} : { 'data-testid': testId }) }, words);
}

/**
 * A figure that is read first.
 *
 * @param {string} title
 * @param {string} testId
 * @param {Node | string} value
 * @param {Node | string} note
 */
export function figure(title, testId, value, note) {
  return make(
    'div',
    { class: 'figure-card', 'data-testid': testId },
    make('p', { class: 'figure-title' }, title),
    make('p', { class: 'figure-value' }, value),
    make('p', { class: 'figure-note' }, note),
  );
}

/**
 * @param {'good' | 'wait' | 'wrong'} kind
 * @param {string} words
 */
export function badge(kind, words) {
  return make('span', { class: `badge badge-${kind}` }, words);
}

const counts = new Intl.NumberFormat('en-US');

/** @param {number | bigint | null} count null where it is not known */
export function count(count) {
  return count === null ? '–' : counts.format(count);
}
