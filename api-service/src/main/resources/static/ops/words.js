// @ts-check

import { duration } from '../errors.js';

/**
 * What a limiting factor is called, how it looks, and what it means.
 *
 * @typedef {object} FactorWords
 * @property {string} name
 * @property {'good' | 'wait' | 'wrong'} kind
 * @property {string} advice
 */

const HIGHER_TIER = 'A higher tier helps; more workers do not.';

/** @type {Record<import('./ops-api.js').LimitingFactor, FactorWords>} */
const FACTORS = {
  rpm: { name: 'Requests per minute', kind: 'wait', advice: `Requests wait for what the provider grants in a minute. ${HIGHER_TIER}` },
  tpm: {
    name: 'Tokens per minute',
    kind: 'wait',
    advice: 'Requests wait for the tokens that the provider grants in a minute. A higher tier or a lower max_output_tokens helps; more workers do not.',
  },
  rpd: { name: 'Requests per day', kind: 'wait', advice: `Requests wait for what the provider grants in a day. ${HIGHER_TIER}` },
  tpd: { name: 'Tokens per day', kind: 'wait', advice: `Requests wait for the tokens that the provider grants in a day. ${HIGHER_TIER}` },
  concurrency: {
    name: 'Concurrency',
    kind: 'wait',
    advice: 'Requests wait and every place is taken, or no worker is there to take them. Raise it up to what is usable, add workers, or let in one that is drained.',
  },
  provider_latency: { name: 'Provider’s speed', kind: 'good', advice: 'Calls run and none waits: answers come as fast as the provider gives them.' },
  circuit_open: {
    name: 'Provider refuses',
    kind: 'wrong',
    advice: 'The provider refuses the key or the account. A probe asks now and then, and lets requests go on as soon as one is answered.',
  },
  paused: { name: 'Paused', kind: 'wait', advice: 'Requests wait, and only in lanes that are paused. Let them go on.' },
  idle: { name: 'Nothing', kind: 'good', advice: 'Nothing is asked for.' },
};

/** @param {import('./ops-api.js').LimitingFactor} factor */
export function factorWords(factor) {
  return FACTORS[factor];
}

/** @param {import('./ops-api.js').Bandwidth['name']} bandwidth */
export function bandwidthName(bandwidth) {
  return FACTORS[bandwidth].name;
}

/** @param {number} each how often a second, or a minute */
export function rate(each) {
  return each >= 10 || Number.isInteger(each) ? String(Math.round(each)) : each.toFixed(1);
}

/** @param {number | null} ms null where there is none */
export function age(ms) {
  if (ms === null) return '–';
  return ms < 1_000 ? 'under 1 s' : duration(ms);
}

/**
 * How long it is from one moment to a later one.
 *
 * @param {string} from
 * @param {string} to
 */
export function between(from, to) {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

/**
 * @param {number} number
 * @param {string} one
 */
export function counted(number, one) {
  return `${number.toLocaleString('en-US')} ${one}${number === 1 ? '' : 's'}`;
}
