// @ts-check

/**
 * @typedef {{ input_tokens: number, output_tokens: number }} Counted tokens by a terminal event
 */

const tokens = new Intl.NumberFormat('en-US');

/**
 * One line on what an answer took, such as `142 tokens in · 80 out · $0.0000693`.
 *
 * @param {Counted | null} counted null for an answer that was stopped: the ledger has counted then
 * @param {import('./api.js').Usage | null} usage null while the ledger has not settled it
 */
export function describe(counted, usage) {
  const { input_tokens: input, output_tokens: output } = counted ?? totalOf(usage);
  const words = [`${tokens.format(input)} tokens in`, `${tokens.format(output)} out`];
  if (usage !== null) words.push(costOf(usage));
  // Each of them was paid for, so the cost is more than that of the tokens named here.
  const attempts = usage?.attempts.length ?? 1;
  if (attempts > 1) words.push(`${attempts} attempts`);
  return words.join(' · ');
}

/**
 * The same for an answer that nothing was spent on.
 *
 * @param {Counted | null} counted
 */
export function describeFree(counted) {
  const saved = counted === null ? 0 : counted.input_tokens + counted.output_tokens;
  return saved === 0 ? 'no cost' : `no cost · ${tokens.format(saved)} tokens saved`;
}

/** @param {import('./api.js').Usage | null} usage */
function totalOf(usage) {
  const total = { input_tokens: 0, output_tokens: 0 };
  for (const attempt of usage?.attempts ?? []) {
    total.input_tokens += attempt.input_tokens;
    total.output_tokens += attempt.output_tokens;
  }
  return total;
}

/**
 * The ledger's decimal goes into Intl as the string it is: a number would round it.
 *
 * @param {import('./api.js').Usage} usage
 */
function costOf({ cost, currency, attempts }) {
  if (cost === null) return 'no price known';
  const money = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 8,
  });
  const isEstimated = attempts.some((attempt) => attempt.estimated);
  const formatted = money.format(/** @type {any} */ (cost));
  return isEstimated ? `${formatted} (estimated)` : formatted;
}
