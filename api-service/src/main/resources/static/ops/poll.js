// @ts-check

const EVERY = 1_000;

/** Who does not answer for so long, in ms, is not connected. */
const PATIENCE = 3_000;

/**
 * Whether what was answered last still holds: `open` it does; `waiting` nothing has come yet, or the
 * tab was hidden and nothing has come since; `closed` the last question failed.
 *
 * @typedef {'open' | 'waiting' | 'closed'} Freshness
 */

/**
 * Asks the server each second for as long as somebody can see the page.
 *
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} ask
 * @param {(answer: T) => void} onAnswer
 * @param {(freshness: Freshness, error: any) => void} onFreshness told before the answer
 * @param {AbortSignal} signal ends it
 * @returns {() => void} asks at once
 */
export function poll(ask, onAnswer, onFreshness, signal) {
  /** Of the question that counts: an answer to an earlier one comes too late. */
  let question = 0;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  document.addEventListener('visibilitychange', visibilityChanged, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  onFreshness('waiting', null);
  look();
  return look;

  async function look() {
    clearTimeout(timer);
    question++;
    if (signal.aborted || document.hidden) return;
    const mine = question;
    const isLate = () => signal.aborted || mine !== question;
    try {
      const answer = await ask(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]));
      if (isLate()) return;
      onFreshness('open', null);
      onAnswer(answer);
    } catch (error) {
      if (isLate()) return;
      onFreshness('closed', error);
    }
    timer = setTimeout(look, EVERY);
  }

  function visibilityChanged() {
    onFreshness('waiting', null);
    look();
  }
}
