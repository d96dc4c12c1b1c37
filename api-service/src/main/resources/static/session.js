// @ts-check

const STORED_SESSION = 'sluice.session';

/** What can travel as a header and as a WebSocket subprotocol alike; every JWT can (RFC 7515 §7.1). */
const TOKEN = /^[\w.~+-]+$/;

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
 * Who is signed in, and the way of a page's requests to the server. All pages of one tab share it.
 *
 * Tells of `session` when somebody signed in or out, of `forbidden` when the account may not do what
 * was asked.
 */
export class Session extends EventTarget {
  /** @type {{ token: string, account: string | null } | null} */
  #held = readSession();

  #expired;

  /** Why the session ended, for the sign-in; null when there is nothing to say. @type {{ code: string, message: string } | null} */
  notice = null;

  /** @param {string} expired what is said when the server takes the token no longer */
  constructor(expired) {
    super();
    this.#expired = expired;
  }

  get isSignedIn() {
    return this.#held !== null;
  }

  /** Name of the account, null when only its token is known. */
  get account() {
    return this.#held?.account ?? null;
  }

  /** Whose conversations are shown: tells the accounts of a browser apart, and grants nothing. */
  get owner() {
    return this.account ?? subjectOf(this.token);
  }

  /** Empty when nobody is signed in. */
  get token() {
    return this.#held?.token ?? '';
  }

  /**
   * What the account may do: `chat`, `ops`, `finance`.
   *
   * @returns {Promise<string[]>}
   */
  async roles() {
    const { roles } = await this.json('api/me', {});
    return roles;
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<string[] | null>} null where there are no demo accounts
   */
  async demoAccounts(signal) {
    try {
      const { accounts } = await this.json('demo/accounts', { signal });
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
    const grant = await this.json('demo/tokens', {
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
    this.#held = null;
    this.ended();
    this.notice = notice;
    this.dispatchEvent(new Event('session'));
  }

  /** Ends the session because its token is taken no longer. */
  expire(code = 'token_expired') {
    this.signOut({ code, message: this.#expired });
  }

  /** Whatever a page has open for the session that is over. */
  ended() {}

  /**
   * @param {string} path relative to the page
   * @param {RequestInit} init
   * @returns {Promise<any>} the body
   */
  async json(path, init) {
    const reply = await this.send(path, init);
    return reply.json();
  }

  /**
   * @param {string} path relative to the page
   * @param {RequestInit} init
   * @returns {Promise<Response>} one that succeeded
   */
  async send(path, init) {
    const session = this.#held;
    const headers = new Headers(init.headers);
    if (session !== null) headers.set('Authorization', `Bearer ${session.token}`);
    const reply = await fetch(path, { ...init, headers }).catch(() => {
      init.signal?.throwIfAborted();
      throw new ApiError(0, 'unreachable', 'Sluice cannot be reached. Check the connection and try again.');
    });
    if (reply.ok) return reply;
    const error = await errorOf(reply);
    if (reply.status === 403) this.dispatchEvent(new Event('forbidden'));
    if (reply.status === 401 && session !== null && session === this.#held) this.expire(error.code);
    throw error;
  }

  /** @param {{ token: string, account: string | null }} session */
  #begin(session) {
    sessionStorage.setItem(STORED_SESSION, JSON.stringify(session));
    this.#held = session;
    this.notice = null;
    this.dispatchEvent(new Event('session'));
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

/** @param {Response} reply */
async function errorOf(reply) {
  const body = await reply.json().catch(() => null);
  const code = body?.error?.code ?? body?.error?.type ?? `http_${reply.status}`;
  const message = body?.error?.message ?? `Sluice answered with status ${reply.status}.`;
  return new ApiError(reply.status, code, message);
}
