// @ts-check

/** As large and as exact as the API takes amounts. */
const AMOUNT = /^\d{1,8}(\.\d{1,10})?$/;

/**
 * What is wrong with an amount that somebody has typed, in plain words.
 *
 * @param {string} amount
 * @returns {string} empty where nothing is
 */
export function problemOf(amount) {
  if (AMOUNT.test(amount)) return '';
  if (amount.startsWith('-')) return 'An amount cannot be negative.';
  if (/^\d+\.\d{11,}$/.test(amount)) return 'An amount has at most 10 decimals.';
  if (/^\d{9,}(\.\d+)?$/.test(amount)) return 'An amount is at most 99999999.';
  return 'Write the amount in digits with a point, such as 80 or 79.50.';
}
