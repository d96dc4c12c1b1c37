// @ts-check

import { openDialog } from './dialog.js';
import { copyOf, the } from './elements.js';

/** @typedef {import('./conversations.js').KeptConversation} KeptConversation */

/**
 * The list of conversations: a column beside the conversation where there is room, a drawer over it
 * where there is not.
 */
export class Sidebar {
  #element;
  #list;
  #listener;
  #toggle;
  #backdrop;
  #main;
  #isNarrow = matchMedia('(max-width: 56rem)');

  /**
   * @param {HTMLElement} page holds it
   * @param {HTMLElement} main what a drawer lies over
   * @param {{ onNew: () => void, onRename: (id: string, title: string) => void,
   *     onDelete: (id: string) => void }} listener
   * @param {AbortSignal} signal ends it
   */
  constructor(page, main, listener, signal) {
    this.#element = the(page, '.sidebar', HTMLElement);
    this.#list = the(this.#element, '.conversations', HTMLElement);
    this.#backdrop = the(page, '.backdrop', HTMLElement);
    this.#toggle = the(document, '#toggle-sidebar', HTMLButtonElement);
    this.#main = main;
    this.#listener = listener;
    const fresh = the(this.#element, '[name=new]', HTMLButtonElement);
    fresh.addEventListener('click', () => this.#chosen(listener.onNew), { signal });
    this.#toggle.hidden = false;
    this.#toggle.addEventListener('click', () => this.#open(!this.#isOpen), { signal });
    this.#backdrop.addEventListener('click', () => this.#open(false), { signal });
    this.#element.addEventListener('keydown', (event) => this.#closeOnEscape(event), { signal });
    this.#isNarrow.addEventListener('change', () => this.#open(false), { signal });
    signal.addEventListener('abort', () => (this.#toggle.hidden = true), { once: true });
    this.#open(false);
  }

  get #isOpen() {
    return this.#element.dataset.open === 'true';
  }

  /**
   * @param {KeptConversation[]} conversations in the order in which they are listed
   * @param {string | null} shown id of the one that is shown
   * @param {(id: string) => boolean} isRunning whether an answer is under way in it
   */
  show(conversations, shown, isRunning) {
    const focused = focusIn(this.#list);
    const items = conversations.map((each) => this.#item(each, each.id === shown, isRunning(each.id)));
    this.#list.replaceChildren(...items);
    if (focused !== null) /** @type {HTMLElement | null} */ (this.#list.querySelector(focused))?.focus();
    the(this.#element, '.no-conversations', HTMLElement).hidden = conversations.length > 0;
  }

  /**
   * @param {KeptConversation} conversation
   * @param {boolean} isShown
   * @param {boolean} isRunning
   */
  #item({ id, title }, isShown, isRunning) {
    const item = the(copyOf('conversation-template'), 'li', HTMLElement);
    const link = the(item, 'a', HTMLAnchorElement);
    link.href = `#${id}`;
    link.textContent = title;
    link.title = title;
    link.dataset.focus = `open-${id}`;
    if (isShown) link.setAttribute('aria-current', 'page');
    link.addEventListener('click', () => this.#open(false));
    the(item, '.running', HTMLElement).hidden = !isRunning;
    const rename = the(item, '[name=rename]', HTMLButtonElement);
    rename.setAttribute('aria-label', `Rename ${title}`);
    rename.dataset.focus = `rename-${id}`;
    rename.addEventListener('click', () => this.#rename(id, title));
    const remove = the(item, '[name=delete]', HTMLButtonElement);
    remove.setAttribute('aria-label', `Delete ${title}`);
    remove.dataset.focus = `delete-${id}`;
    remove.addEventListener('click', () => this.#delete(id, title));
    return item;
  }

  /**
   * @param {string} id
   * @param {string} before
   */
  #rename(id, before) {
    const dialog = openDialog('rename-template');
    const input = the(dialog, 'input', HTMLInputElement);
    input.value = before;
    input.select();
    dialog.addEventListener('close', () => {
      const title = input.value.trim();
      if (dialog.returnValue === 'ok' && title !== '') this.#listener.onRename(id, title);
    });
  }

  /**
   * @param {string} id
   * @param {string} title
   */
  #delete(id, title) {
    const dialog = openDialog('delete-template');
    the(dialog, '.title', HTMLElement).textContent = title;
    dialog.addEventListener('close', () => {
      if (dialog.returnValue === 'ok') this.#chosen(() => this.#listener.onDelete(id));
    });
  }

  /** @param {() => void} action */
  #chosen(action) {
    this.#open(false);
    action();
  }

  /** @param {KeyboardEvent} event */
  #closeOnEscape(event) {
    if (event.key === 'Escape' && this.#isOpen) this.#open(false);
  }

  /** @param {boolean} isOpen means nothing where there is room for a column */
  #open(isOpen) {
    const wasOpen = this.#isOpen;
    const isDrawer = this.#isNarrow.matches && isOpen;
    this.#element.dataset.open = String(isDrawer);
    this.#toggle.setAttribute('aria-expanded', String(isDrawer));
    this.#backdrop.hidden = !isDrawer;
    this.#main.inert = isDrawer;
    if (isDrawer) the(this.#element, '[name=new]', HTMLButtonElement).focus();
    else if (wasOpen) this.#toggle.focus();
  }
}

/**
 * A selector for what has the focus, as far as it is inside; a list that is drawn again loses it.
 *
 * @param {HTMLElement} element
 */
function focusIn(element) {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !element.contains(focused)) return null;
  return `[data-focus="${focused.dataset.focus}"]`;
}
