// @ts-check

import { copyOf, the } from './elements.js';

/**
 * Opens what a `<template>` of the page holds as a dialog, which is gone once it is closed.
 *
 * @param {string} template
 * @param {AbortSignal} [signal] closes it
 */
export function openDialog(template, signal) {
  const dialog = the(copyOf(template), 'dialog', HTMLDialogElement);
  document.body.append(dialog);
  // Not by submitting: Enter is for the button that does what the dialog is about.
  the(dialog, '[name=cancel]', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  signal?.addEventListener('abort', () => dialog.remove(), { once: true });
  dialog.showModal();
  return dialog;
}

/**
 * Says beside an input what is wrong with it; the place is named `<id>-problem`.
 *
 * @param {HTMLElement} form
 * @param {HTMLInputElement} input
 * @param {string} problem empty where there is none
 */
export function sayProblem(form, input, problem) {
  the(form, `#${input.id}-problem`, HTMLElement).textContent = problem;
  input.setAttribute('aria-invalid', String(problem !== ''));
  return problem !== '';
}
