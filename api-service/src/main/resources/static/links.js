// @ts-check

/**
 * Links that lead to a place on the page load nothing anew: the address changes, and the page shows
 * what it says.
 *
 * @param {HTMLElement} element
 * @param {AbortSignal} signal ends it
 * @param {() => void} onFollowed
 */
export function followLinks(element, signal, onFollowed) {
  element.addEventListener('click', follow, { signal });

  /** @param {MouseEvent} event */
  function follow(event) {
    if (!(event.target instanceof Element) || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const href = event.target.closest('a')?.getAttribute('href');
    if (!href?.startsWith('?')) return;
    event.preventDefault();
    history.pushState(null, '', href);
    onFollowed();
  }
}
