// @ts-check

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

const STORED_SESSION = 'sluice.session';

/** What can travel as a header and as a WebSocket subprotocol alike; every JWT can (RFC 7515 §7.1). */
const TOKEN = /^[\w.~+-]+$/;

/** Pauses between questions to the ledger, in ms; about ten seconds together. */
const LEDGER_PAUSES = [250, 250, 500, 1000, 1500, 2000, 2500, 2500];

const EXPIRED = 'Your sign-in has expired. Sign in again: your conversations are still here.';

/** What went wrong, in words for a reader and with a code for a report. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 when there was no answer
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

/**
 * The page's only way to the server, and the owner of the session.
 *
 * Tells of `session` when somebody signed in or out, and of `connection` when the socket's state
 * changed.
 */
export class Api extends EventTarget {
  /** @type {{ token: string, account: string | null } | null} */
  #session = readSession();

  /** @type {SluiceClient | null} */
  #responses = null;

  /** @type {ConnectionState} */
  connection = 'closed';

  /** Why the session ended, for the sign-in; null when there is nothing to say. @type {{ code: string, message: string } | null} */
  notice = null;

  get isSignedIn() {
    return this.#session !== null;
  }

  /** Name of the account, null when only its token is known. */
  get account() {
    return this.#session?.account ?? null;
  }

  /** Whose conversations are shown: tells the accounts of a browser apart, and grants nothing. */
  get owner() {
    return this.account ?? subjectOf(this.#session?.token ?? '');
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<string[] | null>} null where there are no demo accounts
   */
  async demoAccounts(signal) {
    try {
      const { accounts } = await this.#fetch('demo/accounts', { signal });
      return accounts;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /**
   * @param {string} account
   * @param {AbortSignal} signal
   */
  async signInAs(account, signal) {
    const grant = await this.#fetch('demo/tokens', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ account }),
      signal,
    });
    this.#begin({ token: grant.access_token, account: grant.account });
  }

  /** @param {string} token */
  signInWith(token) {
    if (!TOKEN.test(token)) {
      throw new ApiError(0, 'invalid_token', 'This is not an access token: it has characters that no token has.');
    }
    this.#begin({ token, account: null });
  }

  /** @param {{ code: string, message: string } | null} [notice] */
  signOut(notice = null) {
    sessionStorage.removeItem(STORED_SESSION);
    this.#session = null;
    this.#responses?.close();
    this.#responses = null;
    this.notice = notice;
    this.dispatchEvent(new Event('session'));
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<string[]>} ids of the models
   */
  async models(signal) {
    const { data } = await this.#fetch('v1/models', { signal });
    return data.map((/** @type {{ id: string }} */ model) => model.id);
  }

  /** The socket for responses, one for each session. */
  get responses() {
    this.#responses ??= new SluiceClient({
      url: socketUrl('v1/responses'),
      token: this.#session?.token ?? '',
      onState: (state) => this.#connectionIs(state),
      onExpired: () => this.signOut({ code: 'token_expired', message: EXPIRED }),
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
    return this.#fetch(`v1/responses/${encodeURIComponent(responseId)}`, { signal });
  }

  /**
   * Has responses forgotten, and ended where they run. One that cannot be is forgotten by itself,
   * in time.
   *
   * @param {string[]} responseIds
   */
  async forget(responseIds) {
    for (const id of responseIds) {
      await this.#fetch(`v1/responses/${encodeURIComponent(id)}`, { method: 'DELETE' }).catch(() => null);
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
        const usage = await this.#fetch(`api/usage/${encodeURIComponent(responseId)}`, { signal });
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

  /** @param {{ token: string, account: string | null }} session */
  #begin(session) {
    sessionStorage.setItem(STORED_SESSION, JSON.stringify(session));
    this.#session = session;
    this.notice = null;
    this.dispatchEvent(new Event('session'));
  }

  /**
   * @param {string} path relative to the page
   * @param {RequestInit} init
   * @returns {Promise<any>} the body
   */
  async #fetch(path, init) {
    const session = this.#session;
    const headers = new Headers(init.headers);
    if (session !== null) headers.set('Authorization', `Bearer ${session.token}`);
    const reply = await fetch(path, { ...init, headers }).catch(() => {
      init.signal?.throwIfAborted();
      throw new ApiError(0, 'unreachable', 'Sluice cannot be reached. Check the connection and try again.');
    });
    if (reply.ok) return reply.json();
    const error = await errorOf(reply);
    if (reply.status === 401 && session !== null && session === this.#session) {
      this.signOut({ code: error.code, message: EXPIRED });
    }
    throw error;
  }
}

/** @returns {{ token: string, account: string | null } | null} */
function readSession() {
  const stored = sessionStorage.getItem(STORED_SESSION);
  return stored === null ? null : JSON.parse(stored);
}

/**
 * Whom a token names. It is not checked here: the server does that, at each request.
 *
 * @param {string} token
 */
function subjectOf(token) {
  try {
    const claims = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    return String(JSON.parse(atob(claims)).sub);
  } catch {
    return 'somebody';
  }
}

/** @param {string} path */
function socketUrl(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

/** @param {Response} reply */
async function errorOf(reply) {
  const body = await reply.json().catch(() => null);
  const code = body?.error?.code ?? body?.error?.type ?? `http_${reply.status}`;
  const message = body?.error?.message ?? `Sluice answered with status ${reply.status}.`;
  return new ApiError(reply.status, code, message);
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
