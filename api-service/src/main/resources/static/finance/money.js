// @ts-check

import { make } from '../elements.js';

/**
 * Exact decimals as integers of the smallest unit, 10⁻¹⁸: the ledger's have ten decimals. No amount
 * ever is a floating-point number here; what is drawn needs a ratio only.
 */
const DECIMALS = 18;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Decimals that are read at a glance; the others are there, smaller. */
const PLAIN_DECIMALS = 2;

/**
 * @param {string} text a decimal as the API writes it, `1E-7` included
 * @returns {bigint}
 */
export function unitsOf(text) {
  const match = DECIMAL.exec(text);
  if (match === null) throw new Error(`Not a decimal: ${text}`);
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const shift = DECIMALS - fraction.length + Number(exponent);
  const units = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === '-' ? -units : units;
}

/**
 * The decimal again: no exponent, no zeros at its end.
 *
 * @param {bigint} units
 */
export function textOf(units) {
  const digits = String(units < 0n ? -units : units).padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * Rounded to so many decimals: for what is only foretold.
 *
 * @param {bigint} units
 * @param {number} decimals
 */
export function rounded(units, decimals) {
  const step = 10n ** BigInt(DECIMALS - decimals);
  const half = units < 0n ? -step / 2n : step / 2n;
  return ((units + half) / step) * step;
}

/**
 * Part of a whole, for what is drawn.
 *
 * @param {bigint} part
 * @param {bigint} whole
 * @returns {number} 0 where there is no whole
 */
export function ratio(part, whole) {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000;
}

/**
 * The same in words: `12.5 %`.
 *
 * @param {bigint} part
 * @param {bigint} whole
 */
export function percent(part, whole) {
  if (whole === 0n || part === 0n) return '0 %';
  const tenths = (part * 2_000n + whole) / (2n * whole);
  if (tenths === 0n) return '< 0.1 %';
  if (part === whole) return '100 %';
  if (tenths === 1_000n && part < whole) return '> 99.9 %';
  return `${tenths / 10n}.${tenths % 10n} %`;
}

/** Sums of what may be in several currencies. They are never added to each other. */
export class Sums {
  /** @type {Map<string, bigint>} */
  #units = new Map();

  /**
   * @param {string} currency
   * @param {string | null} amount null adds nothing
   */
  add(currency, amount) {
    this.#units.set(currency, this.of(currency) + (amount === null ? 0n : unitsOf(amount)));
    return this;
  }

  /** @param {string} currency */
  of(currency) {
    return this.#units.get(currency) ?? 0n;
  }

  /** The one of which there is most. */
  get currency() {
    const byAmount = [...this.#units].sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0));
    return byAmount[0]?.[0] ?? 'USD';
  }

  get currencies() {
    return [...this.#units.keys()].sort();
  }

  /** One amount for each currency; zero where there is none at all. */
  show() {
    const currencies = this.currencies;
    if (currencies.length === 0) return money('0', 'USD');
    const [first, ...others] = currencies.map((each) => money(textOf(this.of(each)), each));
    return make('span', {}, first, ...others.flatMap((each) => [' + ', each]));
  }
}

/**
 * An amount, exact to its last digit, which the eye finds behind the cents. `data-amount` has it
 * as a decimal.
 *
 * @param {string} amount
 * @param {string} currency ISO 4217
 */
export function money(amount, currency) {
  const exact = textOf(unitsOf(amount));
  const element = make('span', { class: 'money', 'data-amount': exact });
  for (const { type, value } of format(currency).formatToParts(/** @type {any} */ (exact))) {
    if (type !== 'fraction' || value.length <= PLAIN_DECIMALS) element.append(value);
    else element.append(value.slice(0, PLAIN_DECIMALS), fine(value.slice(PLAIN_DECIMALS)));
  }
  return element;
}

/**
 * The same as text.
 *
 * @param {string} amount
 * @param {string} currency
 */
export function moneyText(amount, currency) {
  return format(currency).format(/** @type {any} */ (textOf(unitsOf(amount))));
}

/** @param {string} digits */
function fine(digits) {
  return make('span', { class: 'money-fine' }, digits);
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {string} currency */
function format(currency) {
  let known = formats.get(currency);
  if (known === undefined) {
    known = new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency,
      minimumFractionDigits: PLAIN_DECIMALS,
      maximumFractionDigits: DECIMALS,
    });
    formats.set(currency, known);
  }
  return known;
}
