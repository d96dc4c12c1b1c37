// @ts-check

import { copyOf, showError, the } from './elements.js';
import { Turn } from './turn.js';

const STORED_MODEL = 'sluice.model';
// Offered first where it has a budget: the least expensive of the models that answer well.
const PREFERRED_MODEL = 'gpt-4o-mini';

/** How far from its end, in px, a conversation may be scrolled and still follow what is written. */
const FOLLOWS_WITHIN = 48;

/**
 * The conversation. It lives in the page alone: each request carries all of it.
 *
 * @param {HTMLElement} element
 * @param {import('./api.js').Api} api
 * @param {AbortSignal} signal ends it
 */
export function mount(element, api, signal) {
  element.append(copyOf('chat-template'));
  const log = the(element, '.conversation', HTMLElement);
  const welcome = the(log, '.welcome', HTMLElement);
  const form = the(element, 'form', HTMLFormElement);
  const prompt = the(form, '[name=prompt]', HTMLTextAreaElement);
  const model = the(form, '[name=model]', HTMLSelectElement);
  const send = the(form, '[name=send]', HTMLButtonElement);
  const stop = the(form, '[name=stop]', HTMLButtonElement);
  const fresh = the(form, '[name=new]', HTMLButtonElement);
  const error = the(form, '.failure', HTMLElement);

  /** @type {Turn[]} */
  let turns = [];

  /** @type {Turn | null} the one that is being answered */
  let current = null;

  /** Ends what the conversation shown has under way; a new conversation has a new one. */
  let conversation = new AbortController();

  form.addEventListener('submit', ask, { signal });
  prompt.addEventListener('keydown', sendOnEnter, { signal });
  stop.addEventListener('click', () => current?.stop(), { signal });
  fresh.addEventListener('click', startAfresh, { signal });
  model.addEventListener('change', () => sessionStorage.setItem(STORED_MODEL, model.value), { signal });
  signal.addEventListener('abort', () => conversation.abort(), { once: true });
  const followed = new ResizeObserver(() => follow());
  signal.addEventListener('abort', () => followed.disconnect(), { once: true });

  let isFollowing = true;
  log.addEventListener('scroll', () => (isFollowing = isAtEnd()), { signal, passive: true });

  offerModels();
  prompt.focus();

  async function offerModels() {
    try {
      const ids = await api.models(signal);
      model.replaceChildren(...ids.map((id) => new Option(id)));
      const stored = sessionStorage.getItem(STORED_MODEL);
      const wanted = stored !== null && ids.includes(stored) ? stored : PREFERRED_MODEL;
      if (ids.includes(wanted)) model.value = wanted;
      showError(error, null);
      // Not before: an ordinary request says why it is refused, a browser's handshake does not.
      api.responses.connect();
    } catch (cause) {
      if (!signal.aborted) refuse(/** @type {import('./api.js').ApiError} */ (cause));
    }
  }

  /** @param {import('./api.js').ApiError} cause */
  function refuse(cause) {
    if (cause.status === 403) api.signOut(cause);
    else showError(error, cause);
  }

  /** @param {KeyboardEvent} event */
  function sendOnEnter(event) {
    // Enter that ends the composition of a character is not meant for the form.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (current === null) form.requestSubmit(send);
  }

  /** @param {SubmitEvent} event */
  async function ask(event) {
    event.preventDefault();
    if (model.value === '') await offerModels();
    if (model.value === '' || signal.aborted) return;
    const question = prompt.value.trim();
    if (question === '' || current !== null) return;
    prompt.value = '';
    const turn = new Turn(question, () => answer(turn));
    turns.push(turn);
    welcome.hidden = true;
    log.append(turn.element);
    followed.observe(turn.element);
    isFollowing = true;
    answer(turn);
  }

  /** @param {Turn} turn */
  async function answer(turn) {
    if (current !== null) return;
    begin(turn);
    const before = turns.slice(0, turns.indexOf(turn));
    const input = [...before.flatMap((each) => each.messages), turn.message];
    await turn.answer(api, { model: model.value, input }, conversation.signal);
    if (current === turn) end();
  }

  /** @param {Turn} turn */
  function begin(turn) {
    current = turn;
    // Only the last turn may be asked again: the others have been built upon.
    for (const each of turns) each.mayBeRepeated = each === turn;
    showError(error, null);
    send.hidden = true;
    stop.hidden = false;
    prompt.focus();
  }

  function end() {
    const hadFocus = document.activeElement === stop;
    current = null;
    stop.hidden = true;
    send.hidden = false;
    if (hadFocus) prompt.focus();
  }

  function startAfresh() {
    conversation.abort();
    conversation = new AbortController();
    for (const turn of turns) {
      followed.unobserve(turn.element);
      turn.element.remove();
    }
    turns = [];
    end();
    welcome.hidden = false;
    showError(error, null);
    prompt.focus();
  }

  function isAtEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOWS_WITHIN;
  }

  function follow() {
    if (isFollowing) log.scrollTop = log.scrollHeight;
  }
}
