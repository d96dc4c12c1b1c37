// @ts-check

/**
 * What is kept of a question and its answer.
 *
 * @typedef {object} KeptTurn
 * @property {string} question
 * @property {string} model
 * @property {string} text of the answer, as far as it has come
 * @property {'running' | 'done' | 'ended' | 'failed'} state
 * @property {string} key idempotency key of the request; asking again with it is no second request
 * @property {boolean} fresh whether an answer that is kept was not wanted
 * @property {string | null} responseId
 * @property {number} lastSequence of the last event that `text` has in it, -1 for none
 * @property {{ message: string, code?: string, retryAt?: number } | null} error `retryAt`: ms since
 *     1970 from which it may be asked again
 * @property {string} status last line on how it ended
 * @property {string} cost last line on what it cost; empty while it is not known
 * @property {string} cache where the answer came from, as `response.queued` says
 * @property {number} dropped items that were left out of the conversation for it
 */

/**
 * A conversation as it is kept.
 *
 * @typedef {object} KeptConversation
 * @property {string} id
 * @property {string} title empty for one without a question
 * @property {number} changedAt ms since 1970; the newest is listed first
 * @property {KeptTurn[]} turns
 */

const VERSION = 1;

/**
 * Kept by this browser, for one account; another account does not see them.
 *
 * Tells of `change` when the list looks different, and of `elsewhere` with an id when another tab
 * has changed that conversation.
 */
export class Conversations extends EventTarget {
  #prefix;

  /** @type {Map<string, KeptConversation>} */
  #all = new Map();

  /**
   * @param {string} account
   * @param {AbortSignal} signal ends it
   */
  constructor(account, signal) {
    super();
    this.#prefix = `sluice.conversation.${account}.`;
    for (let at = 0; at < localStorage.length; at += 1) this.#read(localStorage.key(at) ?? '');
    // What another tab changes; a tab does not hear of its own changes.
    addEventListener('storage', ({ key }) => this.#heard(key), { signal });
  }

  /** @returns {KeptConversation[]} the newest first */
  get list() {
    return [...this.#all.values()].sort((a, b) => b.changedAt - a.changedAt);
  }

  /** @param {string} id */
  find(id) {
    return this.#all.get(id) ?? null;
  }

  /**
   * Keeps it as it is now.
   *
   * @param {KeptConversation} conversation
   * @throws {StorageFull}
   */
  keep(conversation) {
    const before = this.#all.get(conversation.id);
    const looksDifferent = before?.title !== conversation.title || before?.changedAt !== conversation.changedAt;
    this.#all.set(conversation.id, conversation);
    if (looksDifferent) this.dispatchEvent(new Event('change'));
    try {
      localStorage.setItem(this.#prefix + conversation.id, JSON.stringify({ version: VERSION, ...conversation }));
    } catch {
      throw new StorageFull();
    }
  }

  /** @param {string} id */
  forget(id) {
    this.#all.delete(id);
    localStorage.removeItem(this.#prefix + id);
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} key */
  #read(key) {
    if (!key.startsWith(this.#prefix)) return;
    const id = key.slice(this.#prefix.length);
    try {
      const { version, ...kept } = JSON.parse(localStorage.getItem(key) ?? '');
      if (version === VERSION && Array.isArray(kept.turns)) this.#all.set(id, kept);
    } catch {
      // Not written by this page; it is left alone and not listed.
    }
  }

  /** @param {string | null} key null when everything was cleared */
  #heard(key) {
    if (key !== null && !key.startsWith(this.#prefix)) return;
    const id = key?.slice(this.#prefix.length) ?? null;
    if (id === null) this.#all.clear();
    else this.#all.delete(id);
    if (key !== null && localStorage.getItem(key) !== null) this.#read(key);
    this.dispatchEvent(new Event('change'));
    this.dispatchEvent(new CustomEvent('elsewhere', { detail: id }));
  }
}

export class StorageFull extends Error {
  code = 'storage_full';

  constructor() {
    super('This browser has no room left for conversations. Delete some; what is shown now is lost when the page is closed.');
    this.name = 'StorageFull';
  }
}

/**
 * What a conversation is called until somebody names it.
 *
 * @param {string} question the first one
 */
export function titleOf(question) {
  const line = question.replace(/\s+/g, ' ').trim();
  return line.length <= 60 ? line : `${line.slice(0, 59).trimEnd()}…`;
}
