// @ts-check

import { Session } from '../session.js';

/**
 * @typedef {'rpm' | 'tpm' | 'rpd' | 'tpd' | 'concurrency' | 'provider_latency' | 'circuit_open' | 'paused' | 'idle'} LimitingFactor
 */

/**
 * @typedef {object} Fleet
 * @property {number} workers that take on requests
 * @property {number} in_flight calls under way
 * @property {Concurrency} concurrency
 * @property {number} requests_in a second
 * @property {number} requests_out a second
 * @property {LimitingFactor} limiting_factor
 * @property {number | null} usable_concurrency calls at once that the limits can keep busy
 */

/**
 * @typedef {object} Concurrency
 * @property {number | null} fleet what is set for each worker, null for what is configured
 * @property {string | null} set_at
 * @property {string | null} set_by
 * @property {number | null} configured_per_worker null while no worker is there to tell
 */

/**
 * @typedef {object} Lane
 * @property {string} lane
 * @property {string} pool
 * @property {string} priority
 * @property {boolean} paused
 * @property {number} backlog
 * @property {number} backlog_tokens a guess
 * @property {number | null} oldest_age_ms
 * @property {number | null} eta_ms null while nothing can start
 * @property {number} in_flight
 * @property {number} started_per_second
 * @property {LimitingFactor} limiting_factor
 */

/**
 * @typedef {object} Bandwidth
 * @property {'rpm' | 'tpm' | 'rpd' | 'tpd'} name
 * @property {number} limit
 * @property {number} used
 * @property {number} reserved
 * @property {number} left
 */

/**
 * @typedef {object} Pool
 * @property {string} pool
 * @property {'closed' | 'open'} circuit
 * @property {string | null} circuit_code
 * @property {LimitingFactor} limiting_factor
 * @property {number | null} usable_concurrency
 * @property {number | null} mean_latency_ms
 * @property {number | null} mean_tokens
 * @property {Bandwidth[]} bandwidths
 * @property {string} yielded_share a decimal
 */

/**
 * @typedef {object} Worker
 * @property {string} id
 * @property {string} version
 * @property {'running' | 'draining' | 'drained' | 'stopped' | 'lost'} state
 * @property {number} in_flight
 * @property {number} concurrency
 * @property {'default' | 'fleet' | 'worker'} concurrency_set_by
 * @property {LimitingFactor} limiting_factor
 * @property {string} heartbeat_at
 * @property {string} started_at
 * @property {string} host
 */

/**
 * Everything at a glance, at one moment.
 *
 * @typedef {object} Overview
 * @property {string} at
 * @property {Fleet} fleet
 * @property {Lane[]} lanes
 * @property {Pool[]} pools
 * @property {Worker[]} workers
 * @property {{ per_minute: number, retries_per_minute: number, by_code: { code: string, per_minute: number }[] }} attempts
 * @property {{ open: number }} dead_letters
 */

/**
 * @typedef {object} Letter
 * @property {string} id grows from letter to letter
 * @property {string | null} request_id null where the record could not be read
 * @property {string} lane
 * @property {string | null} user
 * @property {string | null} model
 * @property {string} reason
 * @property {number} attempts
 * @property {string} failed_at
 * @property {'open' | 'redriven' | 'discarded'} state
 * @property {string | null} by
 * @property {string | null} at
 * @property {string | null} note
 * @property {{ attempt: number, code: string, at: string }[]} history
 */

/**
 * @typedef {object} Change
 * @property {string} at
 * @property {string} by
 * @property {string} setting
 * @property {any} from null for what is configured
 * @property {any} to likewise
 */

const EXPIRED = 'Your sign-in has expired. Sign in again to see where you were.';
const AS_JSON = { 'Content-Type': 'application/json' };

/** The ops page's only way to the server. A change has been kept once it has answered. */
export class OpsApi extends Session {
  constructor() {
    super(EXPIRED);
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<Overview>}
   */
  overview(signal) {
    return this.json('api/ops/overview', { signal });
  }

  /**
   * @param {number | null} perWorker calls at once of each worker; null for what is configured
   * @param {AbortSignal} signal
   */
  setConcurrency(perWorker, signal) {
    return this.#set('concurrency', perWorker === null ? null : { per_worker: perWorker }, signal);
  }

  /**
   * @param {string} worker
   * @param {number | null} value null for that of the fleet
   * @param {AbortSignal} signal
   */
  setWorkerConcurrency(worker, value, signal) {
    const path = `workers/${encodeURIComponent(worker)}/concurrency`;
    return this.#set(path, value === null ? null : { value }, signal);
  }

  /**
   * @param {string} worker
   * @param {boolean} drain
   * @param {AbortSignal} signal
   */
  drain(worker, drain, signal) {
    return this.#set(`workers/${encodeURIComponent(worker)}/drain`, { drain }, signal);
  }

  /**
   * @param {string} lane
   * @param {boolean} paused
   * @param {AbortSignal} signal
   */
  pause(lane, paused, signal) {
    return this.#set(`lanes/${encodeURIComponent(lane)}/paused`, { paused }, signal);
  }

  /**
   * @param {string} cursor empty for the newest
   * @param {AbortSignal} signal
   * @returns {Promise<{ dead_letters: Letter[], next: string | null }>}
   */
  deadLetters(cursor, signal) {
    const query = new URLSearchParams(cursor === '' ? { limit: '50' } : { limit: '50', cursor });
    return this.json(`api/ops/dead-letters?${query}`, { signal });
  }

  /**
   * @param {string} id
   * @param {AbortSignal} signal
   * @returns {Promise<Letter>} as it is now, whoever decided
   */
  redrive(id, signal) {
    return this.json(`api/ops/dead-letters/${encodeURIComponent(id)}/redrive`, { method: 'POST', signal });
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<number>} how many there were
   */
  async redriveAll(signal) {
    const { redriven } = await this.json('api/ops/dead-letters/redrive', { method: 'POST', signal });
    return redriven;
  }

  /**
   * @param {string} id
   * @param {string} reason
   * @param {AbortSignal} signal
   * @returns {Promise<Letter>} as it is now, whoever decided
   */
  discard(id, reason, signal) {
    const path = `api/ops/dead-letters/${encodeURIComponent(id)}/discard`;
    return this.json(path, { method: 'POST', headers: AS_JSON, body: JSON.stringify({ reason }), signal });
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<Change[]>} the newest first
   */
  async changes(signal) {
    const { changes } = await this.json('api/ops/audit', { signal });
    return changes;
  }

  /**
   * @param {string} path
   * @param {object | null} value null goes back to what is in force without it
   * @param {AbortSignal} signal
   */
  #set(path, value, signal) {
    const change = value === null ? { method: 'DELETE' } : { method: 'PUT', headers: AS_JSON, body: JSON.stringify(value) };
    return this.send(`api/ops/${path}`, { ...change, signal });
  }
}
