// @ts-check

/**
 * A client for the WebSocket `/v1/responses`, without dependencies.
 *
 *     const client = new SluiceClient({ url: 'wss://sluice.example/v1/responses', token });
 *     const answer = client.create(
 *       { model: 'gpt-4o-mini', input: 'Why is the sky blue?' },
 *       { onEvent: (event) => console.log(event.type) },
 *     );
 *     const { response } = await answer.done;
 *
 * One connection carries many responses at once. It is opened by the first request, and again by
 * the first request after it was lost.
 */

/**
 * An event as the server sent it. Fields that this file does not name are left as they are.
 *
 * @typedef {{ type: string, stream_id?: string, response_id?: string, sequence_number?: number,
 *     [field: string]: any }} ResponseEvent
 */

/**
 * A response that was asked for.
 *
 * @typedef {object} ResponseHandle
 * @property {string | null} responseId null until the server has named the response
 * @property {Promise<ResponseEvent>} done resolves to the terminal event, which may be
 *     `response.completed`, `response.failed` or `response.incomplete`; rejects with a
 *     {@link SluiceError} when none will come
 * @property {() => void} cancel asks the server to stop; the terminal event tells what it did
 */

/** @typedef {'connecting' | 'open' | 'closed'} ConnectionState */

/**
 * @typedef {object} ClientOptions
 * @property {string | URL} url `ws:` or `wss:` address of `/v1/responses`
 * @property {string} token access token; travels in the handshake, never in the address
 * @property {(state: ConnectionState) => void} [onState] told of each change of the connection
 */

const TERMINAL = new Set(['response.completed', 'response.failed', 'response.incomplete']);

/** Why no terminal event will come: the server's own code and message, or one of this file's. */
export class SluiceError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'SluiceError';
    this.code = code;
  }
}

export class SluiceClient {
  /** @type {Required<ClientOptions>} */
  #options;

  /** @type {Connection | null} the one that takes new requests */
  #connection = null;

  /** @param {ClientOptions} options */
  constructor({ url, token, onState = () => {} }) {
    this.#options = { url, token, onState };
  }

  /** Opens the connection ahead of the first request, which otherwise does it. */
  connect() {
    if (this.#connection?.takesRequests) return;
    const { url, token, onState } = this.#options;
    /** @type {Connection} */
    const connection = new Connection(url, token, (state) => {
      if (this.#connection === connection) onState(state);
    });
    this.#connection = connection;
    onState('connecting');
  }

  /**
   * Asks for a response.
   *
   * @param {Record<string, unknown>} body as for `POST /v1/responses`, without `stream`
   * @param {object} [options]
   * @param {(event: ResponseEvent) => void} [options.onEvent] told of every event, the terminal one
   *     too
   * @param {AbortSignal} [options.signal] cancels the response and rejects `done` at once
   * @returns {ResponseHandle}
   */
  create(body, { onEvent = () => {}, signal } = {}) {
    /** @type {PendingResponse} */
    const pending = new PendingResponse(onEvent);
    if (signal?.aborted) {
      pending.fail(signal.reason);
      return pending;
    }
    try {
      this.connect();
    } catch {
      // The only thing a WebSocket refuses before it connects is an argument it cannot send.
      pending.fail(new SluiceError('invalid_token', 'This access token has characters that a token cannot have.'));
      return pending;
    }
    /** @type {Connection} */ (this.#connection).start(body, pending);
    signal?.addEventListener('abort', () => pending.abandon(signal.reason), {
      signal: pending.over,
    });
    return pending;
  }

  /** Closes the connection; responses under way are rejected. */
  close() {
    this.#connection?.close();
    this.#connection = null;
    this.#options.onState('closed');
  }
}

/** One socket and the responses that it carries. It is never opened a second time. */
class Connection {
  #socket;

  /** Set once the server said that this connection has served its time. */
  #retired = false;

  #wasOpen = false;

  /** @type {Map<string, PendingResponse>} by stream id; an entry leaves with its terminal event */
  #pending = new Map();

  /** @type {Map<string, object>} frames by stream id that wait for the socket to open */
  #unsent = new Map();

  /**
   * @param {string | URL} url
   * @param {string} token
   * @param {(state: ConnectionState) => void} onState
   */
  constructor(url, token, onState) {
    // Browsers cannot set an Authorization header on a WebSocket, so the token is a subprotocol.
    const socket = new WebSocket(url, ['responses', `openai-insecure-api-key.${token}`]);
    socket.addEventListener('open', () => {
      this.#wasOpen = true;
      for (const frame of this.#unsent.values()) this.#send(frame);
      this.#unsent.clear();
      onState('open');
    });
    socket.addEventListener('message', (message) => this.#receive(message.data));
    socket.addEventListener('close', (close) => {
      onState('closed');
      this.#failAll(this.#whyClosed(close.reason));
    });
    this.#socket = socket;
  }

  get takesRequests() {
    return !this.#retired && this.#socket.readyState <= WebSocket.OPEN;
  }

  /**
   * @param {Record<string, unknown>} body
   * @param {PendingResponse} pending
   */
  start(body, pending) {
    const streamId = this.#freeStreamId();
    const frame = { ...body, type: 'response.create', stream_id: streamId };
    pending.onCancel = () => this.#cancel(streamId, pending);
    this.#pending.set(streamId, pending);
    if (this.#socket.readyState === WebSocket.OPEN) this.#send(frame);
    else this.#unsent.set(streamId, frame);
  }

  close() {
    this.#failAll(new SluiceError('connection_closed', 'The connection was closed.'));
    this.#socket.close(1000);
  }

  /**
   * The lowest name that no response is using. Names are used again, because the server allows a
   * connection only so many, and requests with the same name would wait for each other.
   */
  #freeStreamId() {
    let number = 1;
    while (this.#pending.has(`s${number}`)) number += 1;
    return `s${number}`;
  }

  /**
   * @param {string} streamId
   * @param {PendingResponse} pending
   */
  #cancel(streamId, pending) {
    if (this.#unsent.delete(streamId)) {
      this.#pending.delete(streamId);
      pending.fail(new SluiceError('cancelled', 'Stopped before it was sent.'));
      return;
    }
    // A response without a name is cancelled when it gets one.
    if (pending.responseId === null || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#send({ type: 'response.cancel', response_id: pending.responseId });
  }

  /** @param {unknown} data */
  #receive(data) {
    const event = parse(data);
    if (event === null) return;
    const streamId = this.#streamOf(event);
    if (event.type === 'error') {
      this.#refused(event, streamId);
      return;
    }
    if (streamId === null) return;
    const pending = this.#pending.get(streamId);
    // Freed before the caller hears of it, so that a request made in onEvent may use the name.
    if (TERMINAL.has(event.type)) this.#pending.delete(streamId);
    pending?.receive(event);
  }

  /**
   * @param {ResponseEvent} event
   * @returns {string | null}
   */
  #streamOf(event) {
    if (event.stream_id !== undefined) return event.stream_id;
    if (event.response_id === undefined) return null;
    for (const [streamId, pending] of this.#pending) {
      if (pending.responseId === event.response_id) return streamId;
    }
    return null;
  }

  /**
   * @param {ResponseEvent} event
   * @param {string | null} streamId
   */
  #refused(event, streamId) {
    const code = event.error?.code ?? event.error?.type ?? 'server_error';
    const error = new SluiceError(code, event.error?.message ?? 'The server gave no reason.');
    if (streamId !== null) {
      const pending = this.#pending.get(streamId);
      this.#pending.delete(streamId);
      pending?.fail(error);
      return;
    }
    if (code === 'websocket_connection_limit_reached') this.#retired = true;
    // It concerns the connection or a frame that could not be read: what the server has accepted
    // goes on, what it has not accepted never will be.
    for (const [id, pending] of this.#pending) {
      if (pending.responseId !== null) continue;
      this.#pending.delete(id);
      pending.fail(error);
    }
  }

  /** @param {string} reason */
  #whyClosed(reason) {
    if (!this.#wasOpen) {
      return new SluiceError('connection_failed', reason || 'No connection to Sluice could be opened.');
    }
    const said = reason ? ` (${reason})` : '';
    return new SluiceError('connection_lost', `The connection was lost before the answer was complete${said}.`);
  }

  /** @param {SluiceError} error */
  #failAll(error) {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#unsent.clear();
    for (const each of pending) each.fail(error);
  }

  /** @param {object} frame */
  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }
}

/** A response from its request to its terminal event. @implements {ResponseHandle} */
class PendingResponse {
  /** @type {string | null} */
  responseId = null;

  /** Whether the server was, or will be, asked to stop. */
  #isCancelling = false;

  #over = new AbortController();

  #onEvent;

  /** @type {(event: ResponseEvent) => void} */
  #resolve = () => {};

  /** @type {(reason: unknown) => void} */
  #reject = () => {};

  /** Set by the connection that carries it. */
  onCancel = () => {};

  /** @param {(event: ResponseEvent) => void} onEvent */
  constructor(onEvent) {
    this.#onEvent = onEvent;
    /** @type {Promise<ResponseEvent>} */
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Aborted when nothing more will come. */
  get over() {
    return this.#over.signal;
  }

  cancel() {
    if (this.#isCancelling || this.over.aborted) return;
    this.#isCancelling = true;
    this.onCancel();
  }

  /** @param {ResponseEvent} event */
  receive(event) {
    const id = event.response?.id;
    if (this.responseId === null && typeof id === 'string') {
      this.responseId = id;
      // Cancelled before it had a name: the server could not be told until now.
      if (this.#isCancelling) this.onCancel();
    }
    if (this.over.aborted) return;
    try {
      this.#onEvent(event);
    } finally {
      if (TERMINAL.has(event.type)) {
        this.#over.abort();
        this.#resolve(event);
      }
    }
  }

  /** Cancels, and listens no more. @param {unknown} reason */
  abandon(reason) {
    this.cancel();
    this.fail(reason);
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
