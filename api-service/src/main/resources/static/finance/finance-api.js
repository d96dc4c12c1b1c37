// @ts-check

import { Session } from '../session.js';

/**
 * @typedef {import('./days.js').Day} Day
 * @typedef {{ from: Day, to: Day }} Days to is not included
 * @typedef {import('./place.js').Filters} Filters
 */

/**
 * Costs of a day, a team, whatever was asked for; amounts are decimals.
 *
 * @typedef {object} CostRow
 * @property {Day} [day]
 * @property {Day} [month]
 * @property {string} [team]
 * @property {string} [user]
 * @property {string} [project]
 * @property {string} [model]
 * @property {string} [priority]
 * @property {string} currency
 * @property {number} attempts
 * @property {number} inputTokens
 * @property {number} cachedInputTokens
 * @property {number} outputTokens
 * @property {number} reasoningTokens
 * @property {string} cost
 * @property {number} estimatedAttempts
 * @property {string} estimatedCost
 * @property {number} unpricedAttempts
 * @property {number} suspectAttempts
 */

/**
 * @typedef {object} SavingsRow
 * @property {Day} [day]
 * @property {string} [source]
 * @property {string} [team]
 * @property {string} [user]
 * @property {string} [model]
 * @property {string} currency
 * @property {number} answers
 * @property {number} unpricedAnswers
 * @property {string} saved
 */

/**
 * @typedef {object} RequestRow
 * @property {string} requestId
 * @property {string} openedAt
 * @property {string} user
 * @property {string} team
 * @property {string} project
 * @property {string} model
 * @property {number} attempts
 * @property {number} inputTokens
 * @property {number} outputTokens
 * @property {string | null} cost null where a price is missing
 * @property {string} currency
 * @property {boolean} estimated
 * @property {boolean} unpriced
 * @property {boolean} suspect
 * @property {string} outcome
 */

/**
 * @typedef {object} Attempt
 * @property {number} attempt 0 for an answer that was used again
 * @property {string} model
 * @property {string} serviceTier
 * @property {string} source
 * @property {number} inputTokens
 * @property {number} cachedInputTokens
 * @property {number} outputTokens
 * @property {number} reasoningTokens
 * @property {string | null} cost
 * @property {string | null} saved
 * @property {string} currency
 * @property {boolean} estimated
 * @property {string | null} suspect why its counts cannot be believed
 * @property {boolean} corrected
 * @property {string} outcome
 * @property {string | null} errorCode
 * @property {string} openedAt
 * @property {string} settledAt
 */

/**
 * @typedef {object} RequestDetail
 * @property {string} requestId
 * @property {string} user
 * @property {string} team
 * @property {string} project
 * @property {string} model of the last attempt
 * @property {Attempt[]} attempts
 */

/**
 * @typedef {object} Cap
 * @property {'user' | 'team' | 'project'} scope
 * @property {string} subject
 * @property {'day' | 'month'} period
 * @property {string | null} soft
 * @property {string | null} hard
 * @property {string} currency
 * @property {string | null} settled null where it cannot be told now
 * @property {string | null} reserved likewise
 * @property {string} periodStart
 * @property {string} periodEnd
 * @property {string} setBy
 * @property {string} setAt
 */

/**
 * @typedef {object} Side one side's figures of a day and model
 * @property {number | null} requests
 * @property {number | null} inputTokens
 * @property {number | null} cachedInputTokens
 * @property {number | null} outputTokens
 * @property {string | null} cost
 */

/**
 * @typedef {object} ReconciledDay
 * @property {Day} day
 * @property {string} model as the provider names it
 * @property {string[]} models as the ledger does
 * @property {string | null} currency
 * @property {Side} ours
 * @property {Side} provider
 * @property {{ inputTokens: number | null, outputTokens: number | null, cost: string | null, share: string | null }} difference
 * @property {string | null} coverage share of the provider's tokens that the ledger has
 * @property {number} estimatedAttempts
 * @property {number} unpricedAttempts
 * @property {'agrees' | 'differs' | 'missing'} state
 */

/**
 * @typedef {object} RateCard
 * @property {string} model
 * @property {string} serviceTier
 * @property {number | null} version null while it is on its way to the ledger
 * @property {string} validFrom
 * @property {string | null} validUntil
 * @property {string} currency
 * @property {string} input
 * @property {string} cachedInput
 * @property {string} cacheWrite
 * @property {string} output
 * @property {number | null} longContextAbove
 * @property {string} source
 * @property {Day} sourceDate
 */

const EXPIRED = 'Your sign-in has expired. Sign in again to see where you were.';
const AS_JSON = { 'Content-Type': 'application/json' };

/** The finance page's only way to the server. */
export class FinanceApi extends Session {
  constructor() {
    super(EXPIRED);
  }

  /**
   * @param {Days} days
   * @param {string[]} by
   * @param {Filters} filters
   * @param {AbortSignal} signal
   * @returns {Promise<CostRow[]>}
   */
  async costs(days, by, filters, signal) {
    const { rows } = await this.#get(`costs${query(days, { by: by.join(',') }, filters)}`, signal);
    return rows;
  }

  /**
   * @param {Days} days
   * @param {string[]} by
   * @param {Filters} filters
   * @param {AbortSignal} signal
   * @returns {Promise<SavingsRow[]>}
   */
  async savings(days, by, filters, signal) {
    const { rows } = await this.#get(`savings${query(days, { by: by.join(',') }, filters)}`, signal);
    return rows;
  }

  /**
   * @param {Days} days
   * @param {{ state: string, cursor: string }} which the newest where cursor is empty
   * @param {Filters} filters
   * @param {AbortSignal} signal
   * @returns {Promise<{ requests: RequestRow[], next: string | null }>}
   */
  requests(days, which, filters, signal) {
    return this.#get(`requests${query(days, { ...which, limit: '50' }, filters)}`, signal);
  }

  /**
   * @param {string} id
   * @param {AbortSignal} signal
   * @returns {Promise<RequestDetail>}
   */
  request(id, signal) {
    return this.#get(`requests/${encodeURIComponent(id)}`, signal);
  }

  /**
   * Decides what is to count of an attempt that is suspect; the ledger has it a moment later.
   *
   * @param {string} requestId
   * @param {number} attempt
   * @param {{ resolution: string, inputTokens?: number, outputTokens?: number }} resolution
   * @param {AbortSignal} signal
   */
  resolve(requestId, attempt, resolution, signal) {
    const path = `api/finance/requests/${encodeURIComponent(requestId)}/${attempt}/resolve`;
    return this.send(path, { method: 'POST', headers: AS_JSON, body: JSON.stringify(resolution), signal });
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<RateCard[]>}
   */
  async rateCards(signal) {
    const { rateCards } = await this.#get('rate-cards', signal);
    return rateCards;
  }

  /**
   * @param {Record<string, string>} card what it says nothing of is decided by the API
   * @param {AbortSignal} signal
   * @returns {Promise<RateCard>} on its way to the ledger
   */
  addRateCard(card, signal) {
    return this.json('api/finance/rate-cards', { method: 'POST', headers: AS_JSON, body: JSON.stringify(card), signal });
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<Cap[]>}
   */
  async caps(signal) {
    const { caps } = await this.#get('caps', signal);
    return caps;
  }

  /**
   * @param {Pick<Cap, 'scope' | 'subject' | 'period'>} which
   * @param {Pick<Cap, 'soft' | 'hard'>} amounts
   * @param {AbortSignal} signal
   * @returns {Promise<Cap>} as it is now
   */
  setCap(which, amounts, signal) {
    return this.json(capPath(which), { method: 'PUT', headers: AS_JSON, body: JSON.stringify(amounts), signal });
  }

  /**
   * @param {Pick<Cap, 'scope' | 'subject' | 'period'>} which
   * @param {AbortSignal} signal
   */
  removeCap(which, signal) {
    return this.send(capPath(which), { method: 'DELETE', signal });
  }

  /**
   * @param {Days} days
   * @param {AbortSignal} signal
   * @returns {Promise<{ threshold: string, days: ReconciledDay[] }>}
   */
  reconciliation(days, signal) {
    return this.#get(`reconciliation${query(days)}`, signal);
  }

  /**
   * @param {Blob} file a page as the provider's Usage or Costs API returns it
   * @param {AbortSignal} signal
   * @returns {Promise<number>} of buckets that were in it
   */
  async importUsage(file, signal) {
    const { buckets } = await this.json('api/finance/reconciliation/import', {
      method: 'POST',
      headers: AS_JSON,
      body: file,
      signal,
    });
    return buckets;
  }

  /**
   * Has the provider asked for a day; its figures are there some seconds later.
   *
   * @param {Day} day
   * @param {AbortSignal} signal
   */
  fetchUsage(day, signal) {
    return this.send(`api/finance/reconciliation/fetch?${new URLSearchParams({ day })}`, { method: 'POST', signal });
  }

  /**
   * @param {'usage.csv' | 'focus.csv'} name
   * @param {Days} days
   * @param {AbortSignal} signal
   * @returns {Promise<Response>} a body that is best not held in memory
   */
  exported(name, days, signal) {
    return this.send(exportPath(name, days), { signal });
  }

  /**
   * @param {string} path
   * @param {AbortSignal} signal
   * @returns {Promise<any>}
   */
  #get(path, signal) {
    return this.json(`api/finance/${path}`, { signal });
  }
}

/**
 * @param {'usage.csv' | 'focus.csv'} name
 * @param {Days} days
 */
export function exportPath(name, days) {
  return `api/finance/export/${name}${query(days)}`;
}

/** @param {Pick<Cap, 'scope' | 'subject' | 'period'>} which */
function capPath({ scope, subject, period }) {
  return `api/finance/caps/${scope}/${period}?${new URLSearchParams({ subject })}`;
}

/**
 * @param {Days} days
 * @param {Record<string, string>} [words] empty ones are left out
 * @param {Filters} [filters]
 */
function query({ from, to }, words = {}, filters = {}) {
  const all = new URLSearchParams({ from, to });
  for (const [name, value] of Object.entries(words)) if (value !== '') all.set(name, value);
  for (const [name, value] of Object.entries(filters)) all.set(name, value);
  return `?${all}`;
}
