// @ts-check

import { titleOf } from './conversations.js';
import { newTurn, Turn } from './turn.js';

/**
 * @typedef {import('./conversations.js').KeptConversation} KeptConversation
 * @typedef {import('./conversations.js').KeptTurn} KeptTurn
 */

/** Pause, in ms, between two times that a growing answer is kept. */
const KEPT_EVERY = 500;

/**
 * A conversation with its answers, whether it is shown or not. It lives in the page alone: each
 * request carries all of it.
 */
export class Conversation {
  #kept;
  #api;
  #signal;
  #listener;

  /** @type {Turn[]} */
  #turns = [];

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #keeping;

  /** Ends what it has under way. */
  #life = new AbortController();

  /**
   * @param {KeptConversation} kept is changed as the conversation goes on
   * @param {import('./api.js').Api} api
   * @param {AbortSignal} signal ends it
   * @param {{ keep: (kept: KeptConversation) => void, onRunning: () => void,
   *     model: () => string }} listener `keep`: keep it as it is now; `onRunning`: an answer has begun
   *     or ended; `model`: the one that is chosen now
   */
  constructor(kept, api, signal, listener) {
    this.#kept = kept;
    this.#api = api;
    this.#signal = AbortSignal.any([signal, this.#life.signal]);
    this.#listener = listener;
    this.element = document.createElement('div');
    this.element.className = 'turns';
    for (const turn of kept.turns) this.#add(turn);
    this.#markLast();
  }

  get id() {
    return this.#kept.id;
  }

  get isEmpty() {
    return this.#turns.length === 0;
  }

  get isRunning() {
    return this.#running !== undefined;
  }

  /** Ids of its responses, as far as they are known. */
  get responseIds() {
    return this.#kept.turns.map((turn) => turn.responseId).filter((id) => id !== null);
  }

  get #running() {
    return this.#turns.find((turn) => turn.isRunning);
  }

  /** Goes on with what was under way when the page was left. */
  goOn() {
    const last = this.#turns.at(-1);
    if (last === undefined) return;
    if (last.isRunning) this.#answer(last);
    else last.showCost(this.#api, this.#signal);
  }

  /**
   * @param {string} question
   * @param {string} model
   */
  ask(question, model) {
    if (this.isEmpty && this.#kept.title === '') this.#kept.title = titleOf(question);
    const kept = newTurn(question, model);
    this.#kept.turns.push(kept);
    const turn = this.#add(kept);
    this.#markLast();
    this.#touch();
    return this.#answer(turn);
  }

  stop() {
    this.#running?.stop();
  }

  /** @param {string} title */
  rename(title) {
    this.#kept.title = title;
    this.keepNow();
  }

  /** Stops listening to what is under way, and keeps nothing more. */
  leave() {
    clearTimeout(this.#keeping);
    this.#life.abort();
  }

  /** Keeps at once what has come. */
  keepNow() {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    if (!this.#life.signal.aborted) this.#listener.keep(this.#kept);
  }

  /** @param {import('./sluice-client.js').ConnectionState} state */
  connectionIs(state) {
    this.#running?.connectionIs(state);
  }

  /** @param {KeptTurn} kept */
  #add(kept) {
    const turn = new Turn(kept, {
      onAgain: () => this.#again(turn),
      onChange: (isImportant) => this.#keepSoon(isImportant),
    });
    this.#turns.push(turn);
    this.element.append(turn.element);
    return turn;
  }

  #markLast() {
    for (const turn of this.#turns) turn.isLast = turn === this.#turns.at(-1);
  }

  /** @param {Turn} turn */
  #again(turn) {
    if (this.isRunning) return;
    turn.reset(this.#listener.model());
    this.#touch();
    return this.#answer(turn);
  }

  /** @param {Turn} turn */
  async #answer(turn) {
    const before = this.#turns.slice(0, this.#turns.indexOf(turn));
    const input = [...before.flatMap((each) => each.messages), turn.message];
    const answered = turn.run(this.#api, input, this.#signal);
    this.#listener.onRunning();
    await answered;
  }

  #touch() {
    this.#kept.changedAt = Date.now();
    this.keepNow();
  }

  /** @param {boolean} isImportant whether losing it could cost an answer */
  #keepSoon(isImportant) {
    if (this.#signal.aborted) return;
    if (isImportant) {
      this.keepNow();
      this.#listener.onRunning();
    } else {
      this.#keeping ??= setTimeout(() => this.keepNow(), KEPT_EVERY);
    }
  }
}
