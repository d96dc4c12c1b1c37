// @ts-check

import { make } from './elements.js';

/** Rows that are drawn at once; the others come when they are asked for. */
const AT_ONCE = 50;

/**
 * @template T
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: T) => Node | string} cell
 * @property {boolean} [isFigure] set to the right
 */

/**
 * A table that scrolls sideways in itself where it is wider than the page. The first cell of a row
 * names it.
 *
 * @template T
 * @param {string} title for who cannot see it
 * @param {string} testId
 * @param {Column<T>[]} columns
 * @param {T[]} rows
 */
export function table(title, testId, columns, rows) {
  const body = make('tbody');
  const head = make('tr', {}, ...columns.map((column) => cell('th', column, column.title, { scope: 'col' })));
  const drawn = make(
    'div',
    { class: 'table', role: 'region', tabindex: '0', 'aria-label': `Table: ${title}`, 'data-testid': testId },
    make('table', {}, make('caption', { class: 'visually-hidden' }, title), make('thead', {}, head), body),
  );
  return { element: make('div', { class: 'table-part' }, drawn, ...grow()), add };

  /** @param {T[]} more */
  function add(more) {
    body.append(...more.map((row) => make('tr', { 'data-testid': `${testId}-row` }, ...cellsOf(row))));
  }

  /** @param {T} row */
  function cellsOf(row) {
    return columns.map((column, index) =>
      index === 0
        ? cell('th', column, make('span', { class: 'row-name' }, column.cell(row)), { scope: 'row' })
        : cell('td', column, column.cell(row)),
    );
  }

  function grow() {
    add(rows.slice(0, AT_ONCE));
    const rest = rows.slice(AT_ONCE);
    if (rest.length === 0) return [];
    const button = make('button', { type: 'button', class: 'more' }, `Show the other ${rest.length}`);
    button.addEventListener('click', () => {
      button.remove();
      add(rest);
    });
    return [button];
  }
}

/**
 * @template T
 * @param {string} tag
 * @param {Column<T>} column
 * @param {Node | string} content
 * @param {Record<string, string>} [attributes]
 */
function cell(tag, { isFigure = false }, content, attributes = {}) {
  return make(tag, { ...attributes, class: isFigure && 'figure' }, content);
}
