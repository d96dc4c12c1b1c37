// @ts-check

import { describe, describeFree } from './cost.js';
import { announce, copyOf, showError, the } from './elements.js';
import { duration, mayBeRepeated } from './errors.js';
import { markdownIn } from './markdown.js';
import { newKey } from './sluice-client.js';

/**
 * @typedef {import('./conversations.js').KeptTurn} KeptTurn
 * @typedef {import('./sluice-client.js').ConnectionState} ConnectionState
 * @typedef {import('./sluice-client.js').Place} Place
 * @typedef {import('./sluice-client.js').ResponseEvent} ResponseEvent
 * @typedef {import('./sluice-client.js').SluiceError} SluiceError
 * @typedef {'sending' | 'queued' | 'answering' | 'done' | 'ended' | 'failed'} State
 */

const ENDED_WORDS = new Map([
  ['cancelled', 'Stopped'],
  ['max_output_tokens', 'Cut off: the answer reached its maximum length'],
  ['content_filter', 'Withheld by the content filter'],
]);

/** Where an answer came from, where it was not made for this question. */
const CACHE_WORDS = new Map([
  ['hit', 'From the cache'],
  ['coalesced', 'Shared with the same question'],
]);

const LIMIT_WORDS = new Map([
  ['RPM', 'The model’s requests a minute are used up.'],
  ['TPM', 'The model’s tokens a minute are used up.'],
  ['RPD', 'The model’s requests a day are used up.'],
  ['TPD', 'The model’s tokens a day are used up.'],
  ['CONCURRENCY', 'As many answers are under way as may be at once.'],
  ['PAUSED', 'This model is paused. Your question keeps its place.'],
  ['CIRCUIT_OPEN', 'The model cannot be asked just now. Your question keeps its place.'],
]);

/** A wait that is shorter, in ms, is over before it could be read. */
const WORTH_TELLING = 1_500;

/** Pause, in ms, between two announcements of a place in the queue. */
const ANNOUNCED_EVERY = 10_000;

/**
 * A question that nobody has answered yet.
 *
 * @param {string} question
 * @param {string} model
 * @returns {KeptTurn}
 */
export function newTurn(question, model) {
  return {
    question,
    model,
    text: '',
    state: 'running',
    key: newKey(),
    fresh: false,
    responseId: null,
    lastSequence: -1,
    error: null,
    status: '',
    cost: '',
    cache: '',
    dropped: 0,
  };
}

/** One question and its answer: what is shown, what is kept, and what later requests say of it. */
export class Turn {
  #kept;
  #onChange;
  #parts;
  #show;

  /** @type {State} */
  #state = 'sending';
  #words = '';
  #isLast = true;

  /** The one asked for last. @type {import('./sluice-client.js').Answer | null} */
  #answer = null;

  /** Tokens that the terminal event counted. @type {{ input_tokens: number, output_tokens: number } | null} */
  #counted = null;

  /** Frame in which the text is shown next, 0 for none. */
  #frame = 0;

  /** @type {number | null} when the turn is expected to come, in ms of `Date.now()`; null if nobody can tell */
  #turnAt = 0;
  #mostAhead = 0;
  #announcedAt = 0;

  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticks;

  /**
   * @param {KeptTurn} kept is changed as the answer comes
   * @param {{ onAgain: () => void, onChange: (isImportant: boolean) => void }} listener `onAgain`:
   *     the reader wants it answered again; `onChange`: there is more to keep
   */
  constructor(kept, { onAgain, onChange }) {
    this.#kept = kept;
    this.#onChange = onChange;
    this.element = the(copyOf('turn-template'), '.turn', HTMLElement);
    const part = (/** @type {string} */ selector) => the(this.element, selector, HTMLElement);
    this.#parts = {
      answer: part('.answer'),
      text: part('.answer-text'),
      dropped: part('.answer-dropped'),
      queue: part('.queue'),
      place: part('.queue-place'),
      eta: part('.queue-eta'),
      why: part('.queue-why'),
      way: the(this.element, '.queue-way', HTMLProgressElement),
      failure: part('.failure'),
      status: part('.answer-status'),
      cache: part('.answer-cache'),
      cost: part('.answer-cost'),
      again: the(this.element, '.again', HTMLButtonElement),
      copy: the(this.element, '.copy', HTMLButtonElement),
    };
    part('.question-text').textContent = kept.question;
    this.#parts.again.addEventListener('click', onAgain);
    this.#parts.copy.addEventListener('click', () => this.#copy());
    this.#show = markdownIn(this.#parts.text);
    this.#showKept();
  }

  get isRunning() {
    return this.#kept.state === 'running';
  }

  get responseId() {
    return this.#kept.responseId;
  }

  /** What a later request says of this turn: nothing, if it never got an answer. */
  get messages() {
    if (this.#kept.text === '') return [];
    return [this.message, { role: 'assistant', content: this.#kept.text }];
  }

  get message() {
    return { role: 'user', content: this.#kept.question };
  }

  /** Only the last turn may be asked again: the others have been built upon. @param {boolean} isLast */
  set isLast(isLast) {
    this.#isLast = isLast;
    this.#offerAgain();
  }

  /**
   * Forgets the answer, so that the question can be asked once more.
   *
   * @param {string} model empty for the same as before
   */
  reset(model) {
    // Who asks again does not want the same answer again.
    const fresh = this.#kept.text !== '';
    Object.assign(this.#kept, newTurn(this.#kept.question, model || this.#kept.model), { fresh });
    this.#showKept();
  }

  /**
   * Asks, or goes on with what was asked before the page was loaded; shows what comes. Ends with
   * the answer; its cost follows in its own time.
   *
   * @param {import('./api.js').Api} api
   * @param {object[]} input the conversation up to this question
   * @param {AbortSignal} signal
   */
  async run(api, input, signal) {
    const kept = this.#kept;
    this.#parts.text.setAttribute('aria-busy', 'true');
    if (kept.responseId === null) this.#become('sending', 'Sending…');
    else if (kept.text === '') this.#become('queued', 'Queued…');
    else this.#become('answering', 'Going on…');
    try {
      const options = {
        onEvent: (/** @type {ResponseEvent} */ event) => this.#receive(event),
        onText: (/** @type {string} */ text) => this.#append(text),
        onPlace: (/** @type {Place} */ place) => this.#showPlace(place),
        signal,
        // Whoever comes back to the conversation finds its answer.
        detach: true,
      };
      const sluice = { idempotency_key: kept.key, cache: !kept.fresh };
      this.#answer =
        kept.responseId === null
          ? api.responses.ask({ model: kept.model, input, sluice }, options)
          : api.responses.resume(kept.responseId, { ...options, startingAfter: kept.lastSequence });
      const terminal = await this.#answer.done;
      this.#end(terminal.response);
    } catch (error) {
      if (signal.aborted) return;
      await this.#endWithout(api, /** @type {SluiceError} */ (error), signal);
    }
    await this.showCost(api, signal);
  }

  stop() {
    if (!this.isRunning) return;
    this.#say('Stopping…');
    this.#answer?.cancel();
  }

  /**
   * Says that an answer under way has to wait for the connection.
   *
   * @param {ConnectionState} state
   */
  connectionIs(state) {
    if (!this.isRunning) return;
    if (state === 'waiting') {
      this.#parts.answer.dataset.cut = '';
      this.#say('Connection lost. Reconnecting; your answer goes on…');
    } else if (state === 'open') {
      delete this.#parts.answer.dataset.cut;
      this.#say(this.#words);
    }
  }

  /**
   * Shows what the ledger says, unless it is known already.
   *
   * @param {import('./api.js').Api} api
   * @param {AbortSignal} signal
   */
  async showCost(api, signal) {
    const { responseId, cost, cache, state } = this.#kept;
    if (responseId === null || cost !== '' || cache === 'hit' || state === 'running') return;
    // Where nothing may have been spent there may be nothing to wait for.
    const mayBeFree = cache === 'coalesced' || (this.#kept.text === '' && this.#counted === null);
    const usage = await api.usage(responseId, signal, mayBeFree).catch(() => null);
    // Asked again in the meantime: the line belongs to another response now.
    if (signal.aborted || this.#kept.responseId !== responseId) return;
    if (usage !== null) this.#kept.cost = describe(this.#counted, usage);
    else if (mayBeFree) this.#kept.cost = describeFree(this.#counted);
    this.#parts.cost.textContent =
      this.#kept.cost || [this.#parts.cost.textContent, 'cost not known yet'].filter(Boolean).join(' · ');
    this.#onChange(true);
  }

  /** @param {ResponseEvent} event */
  #receive(event) {
    if (event.sequence_number !== undefined) this.#kept.lastSequence = event.sequence_number;
    switch (event.type) {
      case 'response.queued':
        return this.#queued(event);
      case 'response.in_progress':
        return this.#become('answering', 'Answering…');
    }
  }

  /** @param {ResponseEvent} event */
  #queued({ response, sluice }) {
    this.#kept.responseId = response.id;
    // One that was asked for before the page was loaded again has been told of already.
    if (sluice?.cache !== undefined && sluice.cache !== 'repeated') this.#kept.cache = sluice.cache;
    this.#kept.dropped = sluice?.trimmed?.dropped_items ?? this.#kept.dropped;
    this.#showAside();
    this.#become('queued', 'Queued…');
    this.#onChange(true);
  }

  /** @param {Place} place */
  #showPlace({ position, etaMs, limitingFactor }) {
    if (this.#state !== 'queued') return;
    if (this.#parts.queue.hidden && position === 0 && (etaMs ?? Infinity) < WORTH_TELLING) return;
    this.#parts.queue.hidden = false;
    this.#turnAt = etaMs === null ? null : Date.now() + etaMs;
    this.#mostAhead = Math.max(this.#mostAhead, position);
    this.#parts.place.textContent = placeInWords(position);
    this.#parts.why.textContent = LIMIT_WORDS.get(limitingFactor ?? '') ?? '';
    this.#parts.way.max = this.#mostAhead + 1;
    this.#parts.way.value = this.#mostAhead + 1 - position;
    this.#become('queued', 'Waiting in the queue');
    this.#tick();
    this.#announcePlace();
  }

  #announcePlace() {
    if (Date.now() - this.#announcedAt < ANNOUNCED_EVERY) return;
    this.#announcedAt = Date.now();
    announce(`${this.#parts.place.textContent}, ${this.#parts.eta.textContent}`);
  }

  /** What a clock changes. */
  #tick() {
    if (this.#state === 'queued' && !this.#parts.queue.hidden) {
      this.#parts.eta.textContent = this.#timeInWords();
    } else if (this.#retryAfter > 0) {
      this.#parts.again.disabled = true;
      this.#parts.again.textContent = `Try again in ${duration(this.#retryAfter)}`;
    } else {
      this.#offerAgain();
      clearInterval(this.#ticks);
      this.#ticks = undefined;
      return;
    }
    this.#ticks ??= setInterval(() => this.#tick(), 1_000);
  }

  /** Until its turn comes. */
  #timeInWords() {
    if (this.#turnAt === null) return 'nobody can tell when';
    const rest = this.#turnAt - Date.now();
    return rest > 0 ? `about ${duration(rest)}` : 'any moment now';
  }

  /** Ms until the server would take it again. */
  get #retryAfter() {
    return this.#state === 'failed' ? (this.#kept.error?.retryAt ?? 0) - Date.now() : 0;
  }

  /** @param {string} text */
  #append(text) {
    if (this.#state !== 'answering') this.#become('answering', 'Answering…');
    this.#kept.text += text;
    // Once a frame at most: a fast answer has many more chunks than a screen has frames.
    this.#frame ||= requestAnimationFrame(() => this.#showText());
    this.#onChange(false);
  }

  #showText() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#show(this.#kept.text);
  }

  /** @param {any} response */
  #end(response) {
    if (this.#kept.text === '') this.#kept.text = outputText(response);
    this.#counted = response.usage ?? null;
    if (this.#kept.cache === 'hit') this.#kept.cost = describeFree(this.#counted);
    const reason = response.incomplete_details?.reason;
    if (response.status === 'failed' || response.error) {
      this.#fail(response.error ?? { message: 'The answer failed.' });
    } else if (reason === undefined) {
      this.#settle('done', `Done · ${this.#kept.model}`);
    } else {
      this.#settle('ended', ENDED_WORDS.get(reason) ?? `Incomplete: ${reason}`);
    }
    this.#parts.cost.textContent ||= this.#counted === null ? '' : describe(this.#counted, null);
  }

  /**
   * No terminal event will come. Of one whose events are gone the whole may still be kept.
   *
   * @param {import('./api.js').Api} api
   * @param {SluiceError} error
   * @param {AbortSignal} signal
   */
  async #endWithout(api, error, signal) {
    const id = this.#kept.responseId;
    if (error.code === 'response_not_found' && id !== null) {
      const response = await api.response(id, signal).catch(() => null);
      if (signal.aborted) return;
      if (['completed', 'incomplete', 'failed', 'cancelled'].includes(response?.status)) {
        this.#kept.text = outputText(response) || this.#kept.text;
        this.#end(response);
        return;
      }
    }
    this.#fail(error);
  }

  /** @param {{ message: string, code?: string, retryAfterMs?: number | null }} error */
  #fail({ message, code, retryAfterMs }) {
    if (code === 'cancelled') {
      this.#settle('ended', 'Stopped');
      return;
    }
    const retryAt = retryAfterMs ? Date.now() + retryAfterMs : undefined;
    this.#kept.error = { message, code, retryAt };
    this.#settle('failed', this.#kept.text === '' ? 'No answer' : 'Interrupted');
  }

  /**
   * @param {'done' | 'ended' | 'failed'} state
   * @param {string} words
   */
  #settle(state, words) {
    this.#kept.state = state;
    this.#kept.status = words;
    this.#showKept();
    const failure = this.#parts.failure.textContent ?? '';
    announce({ done: 'The answer is complete', ended: words, failed: `${words}. ${failure}` }[state]);
    this.#onChange(true);
  }

  /** Shows everything as it is kept. */
  #showKept() {
    const { state, status, cost, error } = this.#kept;
    this.#showText();
    this.#parts.text.setAttribute('aria-busy', String(state === 'running'));
    this.#parts.cost.textContent = cost;
    this.#mostAhead = 0;
    showError(this.#parts.failure, error);
    this.#showAside();
    if (state !== 'running') this.#become(state, status);
  }

  #showAside() {
    const { cache, dropped, text } = this.#kept;
    this.#parts.cache.textContent = CACHE_WORDS.get(cache) ?? '';
    this.#parts.dropped.hidden = dropped === 0;
    this.#parts.dropped.textContent = droppedInWords(dropped);
    this.#parts.copy.hidden = this.isRunning || text === '' || navigator.clipboard === undefined;
  }

  /**
   * @param {State} state
   * @param {string} words
   */
  #become(state, words) {
    this.#state = state;
    this.#words = words;
    this.#parts.answer.dataset.state = state;
    delete this.#parts.answer.dataset.cut;
    if (state !== 'queued') this.#parts.queue.hidden = true;
    this.#say(words);
    this.#offerAgain();
    if (this.#retryAfter > 0) this.#tick();
  }

  /** @param {string} words */
  #say(words) {
    this.#parts.status.textContent = words;
  }

  #offerAgain() {
    const { cache, error } = this.#kept;
    const isUnsatisfying = this.#state === 'ended' || (this.#state === 'done' && cache === 'hit');
    const mayHelp = isUnsatisfying || (this.#state === 'failed' && mayBeRepeated(error ?? {}));
    this.#parts.again.hidden = !(mayHelp && this.#isLast);
    this.#parts.again.disabled = this.#retryAfter > 0;
    if (!this.#parts.again.disabled) {
      this.#parts.again.textContent = this.#state === 'done' ? 'Ask afresh' : 'Try again';
    }
  }

  async #copy() {
    await navigator.clipboard.writeText(this.#kept.text);
    this.#parts.copy.textContent = 'Copied';
    announce('Copied');
    setTimeout(() => (this.#parts.copy.textContent = 'Copy'), 2_000);
  }
}

/** @param {number} position */
function placeInWords(position) {
  if (position === 0) return 'Yours is next';
  return position === 1 ? '1 question before yours' : `${position} questions before yours`;
}

/** @param {number} items */
function droppedInWords(items) {
  const what = items === 1 ? 'oldest message was' : `${items} oldest messages were`;
  return `The ${what} left out: this conversation is longer than the model can take.`;
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
