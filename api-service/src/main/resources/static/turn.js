// @ts-check

import { describe } from './cost.js';
import { copyOf, showError, the } from './elements.js';
import { markdownIn } from './markdown.js';

/**
 * @typedef {import('./sluice-client.js').ResponseEvent} ResponseEvent
 * @typedef {import('./sluice-client.js').ResponseHandle} ResponseHandle
 * @typedef {'sending' | 'queued' | 'answering' | 'done' | 'ended' | 'failed'} State
 */

const ENDED_WORDS = new Map([
  ['cancelled', 'Stopped'],
  ['max_output_tokens', 'Cut off: the answer reached its maximum length'],
  ['content_filter', 'Withheld by the content filter'],
]);

/** One question and its answer: what is shown, and what later requests say of it. */
export class Turn {
  #question;
  #answerElement;
  #textElement;
  #failureElement;
  #statusElement;
  #costElement;
  #againButton;
  #show;
  #text = '';

  /** @type {State} */
  #state = 'sending';
  #mayBeRepeated = true;

  /** Whether an answer is under way. */
  #isRunning = false;

  /** The one asked for last. @type {ResponseHandle | null} */
  #response = null;

  /** Frame in which the text is shown next, 0 for none. */
  #frame = 0;

  /**
   * @param {string} question
   * @param {() => void} onAgain called when the reader wants it answered again
   */
  constructor(question, onAgain) {
    this.#question = question;
    this.element = the(copyOf('turn-template'), '.turn', HTMLElement);
    the(this.element, '.question-text', HTMLElement).textContent = question;
    this.#answerElement = the(this.element, '.answer', HTMLElement);
    this.#textElement = the(this.element, '.answer-text', HTMLElement);
    this.#failureElement = the(this.element, '.failure', HTMLElement);
    this.#statusElement = the(this.element, '.answer-status', HTMLElement);
    this.#costElement = the(this.element, '.answer-cost', HTMLElement);
    this.#againButton = the(this.element, '.again', HTMLButtonElement);
    this.#againButton.addEventListener('click', onAgain);
    this.#show = markdownIn(this.#textElement);
  }

  get message() {
    return { role: 'user', content: this.#question };
  }

  /** What a later request says of this turn: nothing, if it never got an answer. */
  get messages() {
    if (this.#text === '') return [];
    return [this.message, { role: 'assistant', content: this.#text }];
  }

  /** @param {boolean} may */
  set mayBeRepeated(may) {
    this.#mayBeRepeated = may;
    this.#offerAgain();
  }

  /**
   * Asks, and shows what comes. Ends with the answer; its cost follows in its own time.
   *
   * @param {import('./api.js').Api} api
   * @param {Record<string, unknown>} body
   * @param {AbortSignal} signal
   */
  async answer(api, body, signal) {
    this.#begin();
    try {
      const onEvent = (/** @type {ResponseEvent} */ event) => this.#receive(event);
      this.#response = api.responses.create(body, { onEvent, signal });
      const terminal = await this.#response.done;
      this.#end(terminal.response);
      this.#showCost(api, terminal.response, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(/** @type {import('./sluice-client.js').SluiceError} */ (error));
      await this.#blameSignIn(api, error, signal);
    }
  }

  stop() {
    if (!this.#isRunning) return;
    this.#statusElement.textContent = 'Stopping…';
    this.#response?.cancel();
  }

  #begin() {
    this.#isRunning = true;
    this.#text = '';
    this.#show('');
    this.#costElement.textContent = '';
    showError(this.#failureElement, null);
    this.#textElement.setAttribute('aria-busy', 'true');
    this.#become('sending', 'Sending…');
  }

  /** @param {ResponseEvent} event */
  #receive(event) {
    switch (event.type) {
      case 'response.queued':
        return this.#become('queued', 'Queued…');
      case 'sluice.queue':
        return this.#become('queued', placeInQueue(event));
      case 'response.in_progress':
        return this.#become('answering', 'Answering…');
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return this.#append(event.delta);
    }
  }

  /** @param {string} delta */
  #append(delta) {
    if (this.#state !== 'answering') this.#become('answering', 'Answering…');
    this.#text += delta;
    // Once a frame at most: a fast answer has many more chunks than a screen has frames.
    this.#frame ||= requestAnimationFrame(() => this.#showText());
  }

  #showText() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#show(this.#text);
  }

  /** @param {any} response */
  #end(response) {
    if (this.#text === '') this.#text = outputText(response);
    this.#settle();
    if (response.status === 'failed' || response.error) {
      this.#fail(response.error ?? { message: 'The answer failed.' });
      return;
    }
    const reason = response.incomplete_details?.reason;
    if (reason === undefined) this.#become('done', 'Done');
    else this.#become('ended', ENDED_WORDS.get(reason) ?? `Incomplete: ${reason}`);
  }

  /** @param {{ message: string, code?: string }} error */
  #fail(error) {
    this.#settle();
    if (error.code === 'cancelled') {
      this.#become('ended', 'Stopped');
      return;
    }
    showError(this.#failureElement, error);
    this.#become('failed', this.#text === '' ? 'No answer' : 'Interrupted');
  }

  #settle() {
    this.#isRunning = false;
    this.#showText();
    this.#textElement.setAttribute('aria-busy', 'false');
  }

  /**
   * @param {State} state
   * @param {string} words
   */
  #become(state, words) {
    this.#state = state;
    this.#answerElement.dataset.state = state;
    this.#statusElement.textContent = words;
    this.#offerAgain();
  }

  #offerAgain() {
    const mayHelp = this.#state === 'failed' || this.#state === 'ended';
    this.#againButton.hidden = !(mayHelp && this.#mayBeRepeated);
  }

  /**
   * @param {import('./api.js').Api} api
   * @param {any} response
   * @param {AbortSignal} signal
   */
  async #showCost(api, response, signal) {
    const shown = this.#response;
    const counted = response.usage ?? null;
    if (counted !== null) this.#costElement.textContent = describe(counted, null);
    const usage = await api.usage(response.id, signal).catch(() => null);
    // Asked again in the meantime: the line belongs to another response now.
    if (signal.aborted || this.#response !== shown) return;
    if (usage !== null) this.#costElement.textContent = describe(counted, usage);
    else if (counted !== null) this.#costElement.textContent += ' · cost not known yet';
  }

  /**
   * A browser does not say why a handshake failed. An ordinary request does, and signs out when the
   * token is the reason.
   *
   * @param {import('./api.js').Api} api
   * @param {any} error
   * @param {AbortSignal} signal
   */
  async #blameSignIn(api, error, signal) {
    if (error.code === 'connection_failed') await api.models(signal).catch(() => []);
  }
}

/** @param {ResponseEvent} event */
function placeInQueue({ position, eta_ms: etaInMs }) {
  const place = Number.isInteger(position) ? ` · number ${position}` : '';
  const eta = Number.isFinite(etaInMs) ? ` · about ${Math.ceil(etaInMs / 1000)} s` : '';
  return `Queued…${place}${eta}`;
}

/**
 * The text of a finished response, for one that came without deltas.
 *
 * @param {any} response
 * @returns {string}
 */
function outputText(response) {
  const items = response.output ?? [];
  const parts = items.flatMap((/** @type {any} */ item) => item.content ?? []);
  return parts.map((/** @type {any} */ part) => part.text ?? part.refusal ?? '').join('');
}
