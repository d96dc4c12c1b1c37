// @ts-check

import { wordsFor } from './errors.js';

const SVG = 'http://www.w3.org/2000/svg';

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
 * Shows in plain words what went wrong and what to do, and its code for a report.
 *
 * @param {HTMLElement} place holds nothing else
 * @param {{ message: string, code?: string } | null} error null takes it away
 * @param {typeof wordsFor} words those of the page
 */
export function showError(place, error, words = wordsFor) {
  place.replaceChildren();
  if (error === null) return;
  const { happened, advice } = words(error);
  const shown = document.createElement('div');
  shown.className = 'error';
  shown.dataset.testid = 'error';
  shown.append(paragraph('error-happened', happened));
  if (advice !== '') shown.append(paragraph('error-advice', advice));
  if (error.code !== undefined) {
    const code = document.createElement('code');
    code.textContent = error.code;
    shown.append(code);
  }
  place.append(shown);
}

/**
 * An element and what it holds. A string in it is text, whatever it looks like.
 *
 * @param {string} tag
 * @param {Record<string, string | boolean>} [attributes] false leaves one out, true sets it without a value
 * @param {...(Node | string)} content
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...content);
  return element;
}

/**
 * A part of a picture.
 *
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...Node} content
 * @returns {SVGElement}
 */
export function svg(tag, attributes, ...content) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...content);
  return element;
}

/**
 * @param {string} className
 * @param {string} text
 */
function paragraph(className, text) {
  const element = document.createElement('p');
  element.className = className;
  element.textContent = text;
  return element;
}

/**
 * Shows or hides what may hold the focus: it goes on to another element before it is lost.
 *
 * @param {HTMLElement} element
 * @param {boolean} isHidden
 * @param {HTMLElement} next
 */
export function hide(element, isHidden, next) {
  if (isHidden && element.contains(document.activeElement)) next.focus();
  element.hidden = isHidden;
}

/**
 * Says something to screen readers alone: a change that the eye sees anyway.
 *
 * @param {string} words
 */
export function announce(words) {
  the(document, '#announcements', HTMLElement).textContent = words;
}

/**
 * Shows this in place of what is there. What is the same already stays as it is, and with it a
 * selection or where it is scrolled to: for what is drawn again and again.
 *
 * @param {Element} place
 * @param {...(Node | string)} content
 */
export function redraw(place, ...content) {
  const drawn = document.createDocumentFragment();
  drawn.append(...content.filter((each) => each !== ''));
  const shown = [...place.childNodes];
  const wanted = [...drawn.childNodes];
  if (shown.length === wanted.length && shown.every((each, index) => each.isEqualNode(wanted[index]))) return;
  place.replaceChildren(drawn);
}
