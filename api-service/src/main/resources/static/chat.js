// @ts-check

import { Conversation } from './conversation.js';
import { Conversations } from './conversations.js';
import { copyOf, showError, the } from './elements.js';
import { Sidebar } from './sidebar.js';
import { newKey } from './sluice-client.js';

const STORED_MODEL = 'sluice.model';
// Offered first where it has a budget: the least expensive of the models that answer well.
const PREFERRED_MODEL = 'gpt-4o-mini';

/** How far from its end, in px, a conversation may be scrolled and still follow what is written. */
const FOLLOWS_WITHIN = 48;

/**
 * The conversations of an account: their list, the one that is shown, and what is asked next. The
 * address names the one that is shown, so that it is the same after a reload.
 *
 * @param {HTMLElement} element
 * @param {import('./api.js').Api} api
 * @param {AbortSignal} signal ends it
 */
export function mount(element, api, signal) {
  element.append(copyOf('chat-template'));
  const chat = the(element, '.chat', HTMLElement);
  const log = the(element, '.conversation', HTMLElement);
  const welcome = the(log, '.welcome', HTMLElement);
  const form = the(element, 'form', HTMLFormElement);
  const prompt = the(form, '[name=prompt]', HTMLTextAreaElement);
  const model = the(form, '[name=model]', HTMLSelectElement);
  const send = the(form, '[name=send]', HTMLButtonElement);
  const stop = the(form, '[name=stop]', HTMLButtonElement);
  const latest = the(element, '.latest', HTMLButtonElement);
  const error = the(form, '.failure', HTMLElement);

  const kept = new Conversations(api.owner, signal);

  /** Those that were shown or are under way. @type {Map<string, Conversation>} */
  const opened = new Map();

  const sidebar = new Sidebar(
    element,
    chat,
    { onNew: () => goTo(''), onRename: rename, onDelete: remove },
    signal,
  );

  let shown = open('');

  form.addEventListener('submit', ask, { signal });
  prompt.addEventListener('keydown', sendOnEnter, { signal });
  stop.addEventListener('click', () => shown.stop(), { signal });
  latest.addEventListener('click', goToEnd, { signal });
  model.addEventListener('change', () => localStorage.setItem(STORED_MODEL, model.value), { signal });
  kept.addEventListener('change', list, { signal });
  kept.addEventListener('elsewhere', readAnew, { signal });
  api.addEventListener('connection', connectionChanged, { signal });
  addEventListener('hashchange', showAddressed, { signal });
  // The last moment at which a page that is left can keep anything.
  addEventListener('pagehide', keepAll, { signal });
  signal.addEventListener('abort', keepAll, { once: true });

  let isFollowing = true;
  log.addEventListener('scroll', scrolled, { signal, passive: true });
  const followed = new ResizeObserver(() => follow());
  signal.addEventListener('abort', () => followed.disconnect(), { once: true });

  for (const { id, turns } of kept.list) if (turns.at(-1)?.state === 'running') open(id).goOn();
  showAddressed();
  offerModels();
  prompt.focus();

  /**
   * @param {string} id of a kept conversation; any other begins a new one
   * @returns {Conversation}
   */
  function open(id) {
    const before = opened.get(id);
    if (before !== undefined) return before;
    const known = kept.find(id) ?? { id: newKey().slice(0, 12), title: '', changedAt: 0, turns: [] };
    const conversation = new Conversation(known, api, signal, {
      keep,
      onRunning: () => {
        list();
        showControls();
      },
      model: () => model.value,
    });
    opened.set(known.id, conversation);
    return conversation;
  }

  /** @param {import('./conversations.js').KeptConversation} conversation */
  function keep(conversation) {
    try {
      kept.keep(conversation);
    } catch (full) {
      showError(error, /** @type {Error} */ (full));
    }
  }

  function keepAll() {
    for (const conversation of opened.values()) if (conversation.isRunning) conversation.keepNow();
  }

  function showAddressed() {
    const id = location.hash.slice(1);
    if (id !== '' && kept.find(id) === null && !opened.has(id)) history.replaceState(null, '', location.pathname);
    const wasRunning = opened.get(id)?.isRunning;
    show(open(id));
    if (!wasRunning) shown.goOn();
  }

  /** @param {Conversation} conversation */
  function show(conversation) {
    followed.disconnect();
    shown.element.remove();
    shown = conversation;
    log.append(shown.element);
    followed.observe(shown.element);
    showError(error, null);
    showControls();
    list();
    goToEnd();
  }

  /** @param {string} id empty for a new conversation */
  function goTo(id) {
    if (location.hash.slice(1) === id) show(open(id));
    else location.hash = id;
    prompt.focus();
  }

  function list() {
    document.title = [kept.find(shown.id)?.title, 'Sluice'].filter(Boolean).join(' · ');
    sidebar.show(kept.list, shown.id, (id) => opened.get(id)?.isRunning ?? false);
    // One that is shown again is read anew, with what another tab has changed.
    for (const { id } of opened.values()) if (id !== shown.id && !opened.get(id)?.isRunning) opened.delete(id);
  }

  /** Another tab has gone on with what is shown here. @param {Event} event */
  function readAnew(event) {
    const id = /** @type {CustomEvent<string | null>} */ (event).detail;
    if (id !== shown.id || shown.isRunning) return;
    shown.leave();
    opened.delete(id);
    show(open(id));
    shown.goOn();
  }

  /**
   * @param {string} id
   * @param {string} title
   */
  function rename(id, title) {
    open(id).rename(title);
    list();
  }

  /** @param {string} id */
  function remove(id) {
    const conversation = open(id);
    conversation.stop();
    conversation.leave();
    opened.delete(id);
    kept.forget(id);
    api.forget(conversation.responseIds);
    if (conversation === shown) goTo('');
  }

  async function offerModels() {
    try {
      const ids = await api.models(signal);
      model.replaceChildren(...ids.map((id) => new Option(id)));
      const stored = localStorage.getItem(STORED_MODEL);
      const wanted = stored !== null && ids.includes(stored) ? stored : PREFERRED_MODEL;
      if (ids.includes(wanted)) model.value = wanted;
      showError(error, null);
      // Not before: an ordinary request says why it is refused, a browser's handshake does not.
      api.responses.connect();
    } catch (cause) {
      if (!signal.aborted) refuse(/** @type {import('./session.js').ApiError} */ (cause));
    }
  }

  /** @param {import('./session.js').ApiError} cause */
  function refuse(cause) {
    if (cause.status === 403) api.signOut(cause);
    else showError(error, cause);
  }

  function connectionChanged() {
    for (const conversation of opened.values()) conversation.connectionIs(api.connection);
  }

  /** @param {KeyboardEvent} event */
  function sendOnEnter(event) {
    // Enter that ends the composition of a character is not meant for the form.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!shown.isRunning) form.requestSubmit(send);
  }

  /** @param {SubmitEvent} event */
  async function ask(event) {
    event.preventDefault();
    if (model.value === '') await offerModels();
    if (model.value === '' || signal.aborted) return;
    const question = prompt.value.trim();
    if (question === '' || shown.isRunning) return;
    prompt.value = '';
    showError(error, null);
    isFollowing = true;
    shown.ask(question, model.value);
    history.replaceState(null, '', `#${shown.id}`);
    list();
    goToEnd();
    prompt.focus();
  }

  function showControls() {
    const hadFocus = document.activeElement === stop || document.activeElement === send;
    welcome.hidden = !shown.isEmpty;
    send.hidden = shown.isRunning;
    stop.hidden = !shown.isRunning;
    if (hadFocus) prompt.focus();
  }

  function scrolled() {
    isFollowing = log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOWS_WITHIN;
    latest.hidden = isFollowing;
  }

  function follow() {
    if (isFollowing) log.scrollTop = log.scrollHeight;
    else scrolled();
  }

  function goToEnd() {
    isFollowing = true;
    latest.hidden = true;
    log.scrollTop = log.scrollHeight;
  }
}
