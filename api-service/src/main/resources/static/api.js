// @ts-check

import { ApiError, Session } from './session.js';
import { SluiceClient } from './sluice-client.js';

/** @typedef {import('./sluice-client.js').ConnectionState} ConnectionState */

/**
 * What a response cost, as the ledger has it.
 *
 * @typedef {object} Usage
 * @property {boolean} settled false while an attempt is still under way
 * @property {string | null} cost a decimal, exact; never to be turned into a number; null where no
 *     price is known
 * @property {string} currency ISO 4217
 * @property {{ input_tokens: number, output_tokens: number, estimated: boolean }[]} attempts
 */

/** Pauses between questions to the ledger, in ms; about ten seconds together. */
const LEDGER_PAUSES = [250, 250, 500, 1000, 1500, 2000, 2500, 2500];

const EXPIRED = 'Your sign-in has expired. Sign in again: your conversations are still here.';

/**
 * The chat page's only way to the server.
 *
 * Tells of `connection` when the socket's state changed.
 */
export class Api extends Session {
  /** @type {SluiceClient | null} */
  #responses = null;

  /** @type {ConnectionState} */
  connection = 'closed';

  constructor() {
    super(EXPIRED);
  }

  ended() {
    this.#responses?.close();
    this.#responses = null;
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<string[]>} ids of the models
   */
  async models(signal) {
    const { data } = await this.json('v1/models', { signal });
    return data.map((/** @type {{ id: string }} */ model) => model.id);
  }

  /** The socket for responses, one for each session. */
  get responses() {
    this.#responses ??= new SluiceClient({
      url: socketUrl('v1/responses'),
      token: this.token,
      onState: (state) => this.#connectionIs(state),
      onExpired: () => this.expire(),
    });
    return this.#responses;
  }

  /**
   * A response as it is now, long after its events are gone.
   *
   * @param {string} responseId
   * @param {AbortSignal} signal
   * @returns {Promise<any>}
   */
  response(responseId, signal) {
    return this.json(`v1/responses/${encodeURIComponent(responseId)}`, { signal });
  }

  /**
   * Has responses forgotten, and ended where they run. One that cannot be is forgotten by itself,
   * in time.
   *
   * @param {string[]} responseIds
   */
  async forget(responseIds) {
    for (const id of responseIds) {
      await this.json(`v1/responses/${encodeURIComponent(id)}`, { method: 'DELETE' }).catch(() => null);
    }
  }

  /**
   * Asks the ledger until it has settled the response. It writes in batches, a moment after the
   * terminal event.
   *
   * @param {string} responseId
   * @param {AbortSignal} signal
   * @param {boolean} [soon] whether to ask for about two seconds only
   * @returns {Promise<Usage | null>} null when the ledger does not have it by then
   */
  async usage(responseId, signal, soon = false) {
    for (const pause of soon ? LEDGER_PAUSES.slice(0, 4) : LEDGER_PAUSES) {
      await wait(pause, signal);
      try {
        const usage = await this.json(`api/usage/${encodeURIComponent(responseId)}`, { signal });
        if (usage.settled) return usage;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 401 || error.status === 403) return null;
      }
    }
    return null;
  }

  /** @param {ConnectionState} state */
  #connectionIs(state) {
    const wasConnecting = this.connection === 'connecting';
    this.connection = state;
    this.dispatchEvent(new Event('connection'));
    // A browser does not say why a handshake failed. An ordinary request does, and signs out when
    // the token is the reason.
    if (state === 'waiting' && wasConnecting) this.models(new AbortController().signal).catch(() => null);
  }
}

/** @param {string} path */
function socketUrl(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function wait(ms, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
