// @ts-check

/**
 * The one element that a selector names.
 *
 * @template {Element} T
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function the(parent, selector, type) {
  const element = parent.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`The page has no ${selector}`);
  return element;
}

/**
 * A copy of what a `<template>` of the page holds.
 *
 * @param {string} id
 * @returns {DocumentFragment}
 */
export function copyOf(id) {
  const template = the(document, `#${id}`, HTMLTemplateElement);
  return document.importNode(template.content, true);
}

/**
 * Shows in plain words what went wrong, and its code for a report.
 *
 * @param {HTMLElement} place holds nothing else
 * @param {{ message: string, code?: string } | null} error null takes it away
 */
export function showError(place, error) {
  place.replaceChildren();
  if (error === null) return;
  const shown = document.createElement('p');
  shown.className = 'error';
  shown.dataset.testid = 'error';
  shown.textContent = error.message;
  if (error.code !== undefined) {
    const code = document.createElement('code');
    code.textContent = error.code;
    shown.append(' ', code);
  }
  place.append(shown);
}
