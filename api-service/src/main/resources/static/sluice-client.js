// @ts-check

/**
 * A client for the WebSocket `/v1/responses`, without dependencies. Copy this file to use it.
 *
 *     import { SluiceClient } from './sluice-client.js';
 *
 *     const client = new SluiceClient({ url: 'wss://sluice.example/v1/responses', token });
 *     const answer = client.ask(
 *       { model: 'gpt-4o-mini', input: 'Why is the sea salty?' },
 *       {
 *         onText: (text) => output.append(text),
 *         onPlace: ({ position, etaMs }) => console.log(`${position} before you, about ${etaMs ?? '?'} ms`),
 *       },
 *     );
 *     stop.onclick = () => answer.cancel();
 *     const { response } = await answer.done;
 *
 * - **ask** sends a request under an idempotency key. Should the connection break before the server
 *   has named the response, it is sent again with the same key, and is still one request.
 * - **progress**: with `onPlace` the place in the queue is asked for, and told whenever it changes.
 * - **reconnect**: a connection that breaks is opened again, after pauses that double up to a limit,
 *   and at once when the browser is back online. Each answer goes on where it was: no event is lost
 *   and none comes twice. One that the server has given up meanwhile rejects `done`.
 * - **resume** follows a response that another connection, or the page before a reload, has begun.
 *   Keep `answer.responseId` and `answer.lastSequence` for it.
 * - **cancel** ends a response; its terminal event says so.
 *
 * One connection carries many responses at once. Nothing is thrown at whoever gives callbacks; an
 * exception of theirs reaches the browser's console and does no harm to other answers.
 */

/**
 * An event as the server sent it. Fields that this file does not name are left as they are.
 *
 * @typedef {{ type: string, stream_id?: string, response_id?: string, sequence_number?: number,
 *     [field: string]: any }} ResponseEvent
 */

/**
 * Where a request stands.
 *
 * @typedef {object} Place
 * @property {number} position how many wait in front of it
 * @property {number | null} etaMs until its turn, estimated; null if nobody can tell
 * @property {string | null} limitingFactor what it waits for: `RPM`, `TPM`, `RPD`, `TPD`,
 *     `CONCURRENCY`, `PAUSED` or `CIRCUIT_OPEN`; null for nothing
 */

/**
 * A response that was asked for, or resumed.
 *
 * @typedef {object} Answer
 * @property {string | null} responseId null until the server has named the response
 * @property {number} lastSequence `sequence_number` of the last event, -1 before the first
 * @property {Promise<ResponseEvent>} done resolves to the terminal event, which may be
 *     `response.completed`, `response.failed` or `response.incomplete`; rejects with a
 *     {@link SluiceError} when none will come
 * @property {() => void} cancel asks the server to stop; the terminal event tells what it did
 */

/**
 * What to be told of, and until when. All of them may be left out.
 *
 * @typedef {object} AnswerOptions
 * @property {(event: ResponseEvent) => void} [onEvent] every event, the terminal one too
 * @property {(text: string) => void} [onText] what the answer grows by
 * @property {(place: Place) => void} [onPlace] the place in the queue; asks for it, too
 * @property {AbortSignal} [signal] stops listening and rejects `done` at once; asks the server to
 *     stop too, unless `detach` says otherwise
 * @property {boolean} [detach] leave the response to itself when the signal comes
 */

/**
 * `waiting`: it was lost, or could not be opened, and will be tried again.
 *
 * @typedef {'connecting' | 'open' | 'waiting' | 'closed'} ConnectionState
 */

/**
 * @typedef {object} ClientOptions
 * @property {string | URL} url `ws:` or `wss:` address of `/v1/responses`
 * @property {string} token access token; travels in the handshake, never in the address
 * @property {(state: ConnectionState) => void} [onState] told of each change of the connection
 * @property {(code: number) => void} [onExpired] told that the server takes this token no more
 * @property {number} [firstRetryMs] pause before a lost connection is opened again
 * @property {number} [longestRetryMs] what this pause grows to, doubling
 * @property {number} [patienceMs] how long a request may wait for a connection before it fails
 */

const TERMINAL = new Set(['response.completed', 'response.failed', 'response.incomplete']);
const TEXT = new Set(['response.output_text.delta', 'response.refusal.delta']);

/** After these errors without a stream the server closes the connection: its close says what next. */
const CLOSING = new Set(['websocket_connection_limit_reached', 'too_many_frames', 'token_expired']);

/** Begins the names of streams that carry nothing but cancels. */
const CANCEL = 'cancel.';

/** Close code of a connection whose token has expired: no other can be opened with it. */
const TOKEN_EXPIRED = 4001;
const TOO_MANY_FRAMES = 4029;

/** A connection that lived for so long, in ms, was a good one: the next pause is a short one. */
const GOOD_AFTER = 5_000;

/** Why no terminal event will come: the server's own code and message, or one of this file's. */
export class SluiceError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number | null} [retryAfterMs] null where the server named no time
   */
  constructor(code, message, retryAfterMs = null) {
    super(message);
    this.name = 'SluiceError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** An idempotency key that nobody else has. */
export function newKey() {
  // Not randomUUID, which pages without TLS do not have.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class SluiceClient {
  /** @type {Required<ClientOptions>} */
  #options;

  /** @type {Connection | null} */
  #connection = null;

  /** What is not over, whatever has become of the connection. @type {Set<Pending>} */
  #pending = new Set();

  /** Connections in a row that could not be opened, or did not live long. */
  #failures = 0;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** Takes the listeners away. */
  #closed = new AbortController();

  /** @param {ClientOptions} options */
  constructor(options) {
    this.#options = {
      onState: () => {},
      onExpired: () => {},
      firstRetryMs: 400,
      longestRetryMs: 15_000,
      patienceMs: 30_000,
      ...options,
    };
    const { signal } = this.#closed;
    globalThis.addEventListener?.('online', () => this.#tryNow(), { signal });
    // Nothing comes through any more, but it can take minutes until the socket says so.
    globalThis.addEventListener?.('offline', () => this.#connection?.drop(), { signal });
    globalThis.document?.addEventListener('visibilitychange', () => this.#tryNow(), { signal });
  }

  /** Opens the connection ahead of the first request, which otherwise does it. */
  connect() {
    if (this.#connection !== null || this.#closed.signal.aborted) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#options.onState('connecting');
    this.#connection = new Connection(this.#options.url, this.#options.token, {
      onOpen: () => this.#opened(),
      onError: (error) => this.#refused(error),
      onClose: (code, livedMs) => this.#lost(code, livedMs),
    });
  }

  /**
   * Asks for a response.
   *
   * @param {Record<string, any>} body as for `POST /v1/responses`, without `stream`
   * @param {AnswerOptions} [options]
   * @returns {Answer}
   */
  ask(body, options = {}) {
    const wishes = { idempotency_key: newKey(), ...body.sluice };
    if (options.onPlace !== undefined) wishes.progress = true;
    return this.#begin(new Pending(options, { ...body, sluice: wishes, type: 'response.create' }));
  }

  /**
   * Goes on with a response.
   *
   * @param {string} responseId
   * @param {AnswerOptions & { startingAfter?: number }} [options] `startingAfter`: the
   *     `sequence_number` of the last event that is known; without it all are sent again
   * @returns {Answer}
   */
  resume(responseId, { startingAfter = -1, ...options } = {}) {
    return this.#begin(new Pending(options, null, responseId, startingAfter));
  }

  /** Closes the connection; what is under way is rejected, and goes on for the server's grace. */
  close() {
    this.#closed.abort();
    clearTimeout(this.#retry);
    this.#connection?.drop();
    this.#failAll(new SluiceError('connection_closed', 'The connection was closed.'));
    this.#options.onState('closed');
  }

  /** @param {Pending} pending */
  #begin(pending) {
    if (pending.signal?.aborted) {
      pending.fail(pending.signal.reason);
      return pending;
    }
    pending.signal?.addEventListener('abort', () => pending.abandon(), { signal: pending.over });
    this.#pending.add(pending);
    pending.over.addEventListener('abort', () => this.#pending.delete(pending), { once: true });
    try {
      this.connect();
      if (this.#connection?.isOpen) this.#connection.carry(pending);
    } catch {
      // The only thing a WebSocket refuses before it connects is an argument it cannot send.
      pending.fail(new SluiceError('invalid_token', 'This access token has characters that a token cannot have.'));
    }
    return pending;
  }

  #opened() {
    this.#options.onState('open');
    for (const pending of this.#pending) this.#connection?.carry(pending);
  }

  /**
   * It concerns the connection, or a frame that could not be read: what the server has accepted
   * goes on, what it has not accepted never will be.
   *
   * @param {SluiceError} error
   */
  #refused(error) {
    if (CLOSING.has(error.code)) return;
    for (const pending of this.#pending) if (pending.responseId === null) pending.fail(error);
  }

  /**
   * @param {number} code
   * @param {number} livedMs
   */
  #lost(code, livedMs) {
    this.#connection = null;
    if (this.#closed.signal.aborted) return;
    if (code === TOKEN_EXPIRED) {
      this.#failAll(new SluiceError('token_expired', 'The access token has expired. Sign in again.'));
      this.#options.onState('closed');
      this.#options.onExpired(code);
      return;
    }
    this.#failures = livedMs >= GOOD_AFTER && code !== TOO_MANY_FRAMES ? 0 : this.#failures + 1;
    for (const pending of this.#pending) {
      if (pending.responseId !== null || !pending.isOlderThan(this.#options.patienceMs)) continue;
      pending.fail(new SluiceError('connection_failed', 'No connection to Sluice could be opened.'));
    }
    this.#options.onState('waiting');
    this.#retry = setTimeout(() => this.connect(), this.#pause());
  }

  /** Half of it is chance, lest all clients of a server come back to it at the same moment. */
  #pause() {
    const { firstRetryMs, longestRetryMs } = this.#options;
    const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 16));
    return longest * (0.5 + Math.random() / 2);
  }

  #tryNow() {
    if (this.#retry !== undefined && globalThis.document?.visibilityState !== 'hidden') this.connect();
  }

  /** @param {SluiceError} error */
  #failAll(error) {
    for (const pending of [...this.#pending]) pending.fail(error);
  }
}

/** One socket and the responses that it carries. It is never opened a second time. */
class Connection {
  #socket;
  #listener;

  /** By stream id; an entry leaves with its terminal event. @type {Map<string, Pending>} */
  #streams = new Map();

  #openedAt = 0;
  #isOver = false;

  /**
   * @param {string | URL} url
   * @param {string} token
   * @param {{ onOpen: () => void, onError: (error: SluiceError) => void,
   *     onClose: (code: number, livedMs: number) => void }} listener
   */
  constructor(url, token, listener) {
    // Browsers cannot set an Authorization header on a WebSocket, so the token is a subprotocol.
    const socket = new WebSocket(url, ['responses', `openai-insecure-api-key.${token}`]);
    socket.addEventListener('open', () => {
      this.#openedAt = performance.now();
      if (!this.#isOver) listener.onOpen();
    });
    socket.addEventListener('message', (message) => this.#receive(message.data));
    socket.addEventListener('close', (close) => this.#end(close.code));
    this.#listener = listener;
    this.#socket = socket;
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Asks for a response, or for the rest of it. @param {Pending} pending */
  carry(pending) {
    const streamId = this.#freeStreamId();
    this.#streams.set(streamId, pending);
    pending.onCancel = () => this.#cancel(streamId, pending);
    this.#send({ ...pending.frame(), stream_id: streamId });
    if (pending.isCancelling) this.#cancel(streamId, pending);
  }

  /** Gives it up without waiting for the other end. */
  drop() {
    this.#socket.close();
    this.#end(0);
  }

  /** @param {number} code */
  #end(code) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#streams.clear();
    this.#listener.onClose(code, this.#openedAt === 0 ? 0 : performance.now() - this.#openedAt);
  }

  /**
   * The lowest name that no response is using. Names are used again, because the server allows a
   * connection only so many, and requests with the same name would wait for each other.
   */
  #freeStreamId() {
    let number = 1;
    while (this.#streams.has(`s${number}`)) number += 1;
    return `s${number}`;
  }

  /**
   * A response without a name is cancelled when it gets one.
   *
   * @param {string} streamId
   * @param {Pending} pending
   */
  #cancel(streamId, pending) {
    if (pending.responseId === null || !this.isOpen) return;
    // On a stream of its own: should it be refused, the response itself goes on.
    this.#send({ type: 'response.cancel', response_id: pending.responseId, stream_id: CANCEL + streamId });
  }

  /** @param {unknown} data */
  #receive(data) {
    const event = parse(data);
    if (event === null || this.#isOver) return;
    const streamId = event.stream_id ?? null;
    const pending = streamId === null ? undefined : this.#streams.get(streamId);
    if (event.type === 'error') {
      if (streamId === null) this.#listener.onError(errorOf(event));
      else if (streamId.startsWith(CANCEL)) this.#cancelRefused(streamId.slice(CANCEL.length));
      else if (pending !== undefined) this.#refused(streamId, pending, errorOf(event));
      return;
    }
    if (streamId === null || pending === undefined) return;
    // Freed before the caller hears of it, so that a request made in a callback may use the name.
    if (TERMINAL.has(event.type)) this.#streams.delete(streamId);
    pending.receive(event);
  }

  /** It may be cancelled once more. @param {string} streamId */
  #cancelRefused(streamId) {
    const pending = this.#streams.get(streamId);
    if (pending !== undefined) pending.isCancelling = false;
  }

  /**
   * @param {string} streamId
   * @param {Pending} pending
   * @param {SluiceError} error
   */
  #refused(streamId, pending, error) {
    this.#streams.delete(streamId);
    // What was named is there and can only not be read now: asked for again, on this connection.
    if (error.code === 'service_unavailable' && pending.responseId !== null) {
      setTimeout(() => !this.#isOver && !pending.over.aborted && this.carry(pending), error.retryAfterMs ?? 1_000);
      return;
    }
    pending.fail(error);
  }

  /** @param {object} frame */
  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }
}

/** A response from its request to its terminal event. @implements {Answer} */
class Pending {
  responseId;
  lastSequence;

  /** Whether the server was, or will be, asked to stop. */
  isCancelling = false;

  /** Set by the connection that carries it. */
  onCancel = () => {};

  #options;
  #request;
  #begun = performance.now();
  #over = new AbortController();

  /** @type {(event: ResponseEvent) => void} */
  #resolve = () => {};

  /** @type {(reason: unknown) => void} */
  #reject = () => {};

  /**
   * @param {AnswerOptions} options
   * @param {object | null} request null for one that is resumed
   * @param {string | null} responseId
   * @param {number} lastSequence
   */
  constructor(options, request, responseId = null, lastSequence = -1) {
    this.#options = options;
    this.#request = request;
    this.responseId = responseId;
    this.lastSequence = lastSequence;
    /** @type {Promise<ResponseEvent>} */
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever only listens to events has nothing to catch.
    this.done.catch(() => {});
  }

  /** Aborted when nothing more will come. */
  get over() {
    return this.#over.signal;
  }

  get signal() {
    return this.#options.signal;
  }

  /** What gets this response, or the rest of it, on a connection that knows nothing of it. */
  frame() {
    if (this.responseId === null) return this.#request;
    return { type: 'response.resume', response_id: this.responseId, starting_after: this.lastSequence };
  }

  /** @param {number} ms */
  isOlderThan(ms) {
    return performance.now() - this.#begun > ms;
  }

  cancel() {
    if (this.isCancelling || this.over.aborted) return;
    this.isCancelling = true;
    this.onCancel();
  }

  /** @param {ResponseEvent} event */
  receive(event) {
    const id = event.response?.id;
    if (this.responseId === null && typeof id === 'string') {
      this.responseId = id;
      // Cancelled before it had a name: the server could not be told until now.
      if (this.isCancelling) this.onCancel();
    }
    if (this.over.aborted || !this.#isNew(event)) return;
    try {
      this.#tell(event);
    } catch (error) {
      reportError(error);
    }
    if (!TERMINAL.has(event.type)) return;
    this.#over.abort();
    this.#resolve(event);
  }

  /** @param {ResponseEvent} event */
  #isNew({ sequence_number: sequence }) {
    if (sequence === undefined) return true;
    if (sequence <= this.lastSequence) return false;
    this.lastSequence = sequence;
    return true;
  }

  /** @param {ResponseEvent} event */
  #tell(event) {
    const { onEvent, onText, onPlace } = this.#options;
    onEvent?.(event);
    if (TEXT.has(event.type)) onText?.(event.delta);
    const place = event.type === 'sluice.queue' ? event : event.type === 'response.queued' ? event.sluice : null;
    if (Number.isInteger(place?.position)) {
      onPlace?.({
        position: place.position,
        etaMs: place.eta_ms ?? null,
        limitingFactor: place.limiting_factor ?? null,
      });
    }
  }

  /** Listens no more, as its signal says. */
  abandon() {
    if (!this.#options.detach) this.cancel();
    this.fail(this.signal?.reason);
  }

  /** @param {unknown} reason */
  fail(reason) {
    this.#over.abort();
    this.#reject(reason);
  }
}

/**
 * @param {unknown} data
 * @returns {ResponseEvent | null} null for what is not an event
 */
function parse(data) {
  if (typeof data !== 'string') return null;
  try {
    const event = JSON.parse(data);
    return typeof event?.type === 'string' ? event : null;
  } catch {
    return null;
  }
}

/** @param {ResponseEvent} event */
function errorOf({ error, headers }) {
  const code = error?.code ?? error?.type ?? 'server_error';
  const seconds = Number.parseFloat(headers?.['retry-after']);
  return new SluiceError(
    code,
    error?.message ?? 'The server gave no reason.',
    Number.isFinite(seconds) ? seconds * 1_000 : null,
  );
}
