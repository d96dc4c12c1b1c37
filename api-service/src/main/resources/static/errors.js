// @ts-check

/**
 * What is said of a failure: what happened, and what to do about it.
 *
 * @typedef {object} Words
 * @property {string} happened
 * @property {string} advice
 */

/** By code; a code that is missing here is told in the server's own sentence. @type {Record<string, Words>} */
const WORDS = {
  user_limit_exceeded: {
    happened: 'You have asked more often than your account may.',
    advice: 'Your question is kept here: ask it again when the time is over.',
  },
  too_many_queued: {
    happened: 'As many of your questions are waiting as may.',
    advice: 'Wait until some of them have been answered, then try again.',
  },
  wait_too_long: {
    happened: 'The queue is longer than a question may wait right now.',
    advice: 'Nothing was spent. Try again in a while, or choose another model.',
  },
  rate_limit_exceeded: {
    happened: 'The model’s provider is refusing requests, because its limit is used up.',
    advice: 'Try again in a minute, or choose another model.',
  },
  insufficient_quota: {
    happened: 'The account with the model’s provider is out of credit.',
    advice: 'Trying again will not help. Tell whoever runs this service.',
  },
  provider_credentials_rejected: {
    happened: 'The model’s provider does not accept this service’s key.',
    advice: 'Trying again will not help. Tell whoever runs this service.',
  },
  provider_unavailable: {
    happened: 'The model’s provider failed, on every attempt.',
    advice: 'Try again in a minute, or choose another model.',
  },
  provider_timeout: {
    happened: 'The model’s provider did not answer in time.',
    advice: 'Try again, or choose another model.',
  },
  provider_stream_cut: {
    happened: 'The answer broke off.',
    advice: 'What had come is shown above. Try again for a whole one.',
  },
  worker_lost: {
    happened: 'The answer broke off.',
    advice: 'What had come is shown above. Try again for a whole one.',
  },
  deadline_exceeded: {
    happened: 'There was no time left to answer.',
    advice: 'The service is very busy. Try again in a few minutes.',
  },
  service_unavailable: {
    happened: 'Sluice cannot take questions at the moment.',
    advice: 'Nothing was accepted and nothing was spent. Try again in a moment.',
  },
  context_length_exceeded: {
    happened: 'Your message is longer than this model can take.',
    advice: 'Shorten it, or choose a model with a longer context.',
  },
  tokens_exceed_limit: {
    happened: 'Your message needs more tokens than this model is granted in a minute.',
    advice: 'Shorten it, or choose another model.',
  },
  request_too_large: {
    happened: 'This conversation has become too long to be sent.',
    advice: 'Start a new conversation, or shorten your message.',
  },
  model_not_found: {
    happened: 'This model is not offered any more.',
    advice: 'Choose another one below, then try again.',
  },
  response_not_found: {
    happened: 'The rest of this answer is not kept any more.',
    advice: 'Try again to get a new one.',
  },
  connection_failed: {
    happened: 'Sluice cannot be reached.',
    advice: 'Check your connection, then try again.',
  },
  connection_closed: {
    happened: 'The connection was closed before the answer was complete.',
    advice: 'Try again.',
  },
  server_error: {
    happened: 'Something went wrong at our end.',
    advice: 'Try again. If it stays, report the code.',
  },
};

/** Failures that asking again cannot help. */
const HOPELESS = new Set(['insufficient_quota', 'provider_credentials_rejected']);

/**
 * @param {{ code?: string, message?: string }} error
 * @returns {Words}
 */
export function wordsFor({ code = '', message = '' }) {
  return WORDS[code] ?? { happened: message || 'The answer failed.', advice: '' };
}

/** @param {{ code?: string }} error */
export function mayBeRepeated({ code = '' }) {
  return !HOPELESS.has(code);
}

/**
 * Time in a reader's words: `8 s`, `1 min 30 s`, `2 h 5 min`.
 *
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
