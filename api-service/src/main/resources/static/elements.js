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
 * @param {HTMLElement} element
 * @param {{ message: string, code?: string } | null} error null hides it
 */
export function showError(element, error) {
  element.hidden = error === null;
  if (error === null) {
    element.replaceChildren();
    return;
  }
  const words = document.createElement('span');
  words.textContent = error.message;
  element.replaceChildren(words);
  if (error.code === undefined) return;
  const code = document.createElement('code');
  code.textContent = error.code;
  element.append(' ', code);
}
