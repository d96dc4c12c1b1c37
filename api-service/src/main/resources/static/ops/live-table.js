// @ts-check

import { make, redraw } from '../elements.js';

/**
 * What a cell holds beside words: built once for its row, and told what the row has become.
 *
 * @template T
 * @typedef {{ element: Node, show: (row: T) => void }} Control
 */

/**
 * @template T
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: T) => Node | string} [cell] what is drawn anew with the row
 * @property {(row: T) => Control<T>} [control] what lives as long as the row
 * @property {boolean} [isFigure] set to the right
 */

/**
 * A table whose rows change while it is looked at: what has the focus keeps it. On a narrow page each
 * row is a card. The first cell of a row names it.
 *
 * @template T
 * @param {string} title for who cannot see it
 * @param {string} testId
 * @param {Column<T>[]} columns
 * @param {(row: T) => string} idOf tells rows apart
 */
export function liveTable(title, testId, columns, idOf) {
  const body = make('tbody', { role: 'rowgroup' });
  const head = columns.map((column) => cellOf(column, 'th', { role: 'columnheader', scope: 'col' }, column.title));
  // Roles are said again: a row that is laid out as a card would lose its own.
  const element = make(
    'div',
    { class: 'table live-table', role: 'region', tabindex: '0', 'aria-label': `Table: ${title}`, 'data-testid': testId },
    make(
      'table',
      { role: 'table', 'aria-label': title },
      make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...head)),
      body,
    ),
  );

  /** @type {Map<string, { element: HTMLElement, show: (row: T) => void }>} */
  const drawn = new Map();
  return { element, show };

  /** @param {T[]} rows in their order */
  function show(rows) {
    const wanted = new Set(rows.map(idOf));
    for (const [id, row] of drawn) if (!wanted.has(id)) remove(id, row.element);
    for (const [index, row] of rows.entries()) {
      const shown = drawn.get(idOf(row)) ?? add(row);
      shown.show(row);
      // What is where it belongs is not moved: it would lose the focus.
      if (body.children[index] !== shown.element) body.insertBefore(shown.element, body.children[index] ?? null);
    }
  }

  /** @param {T} row */
  function add(row) {
    const cells = columns.map((column, index) => liveCell(column, row, index === 0));
    const line = make('tr', { role: 'row', 'data-testid': `${testId}-row` }, ...cells.map((cell) => cell.element));
    const shown = { element: line, show: (/** @type {T} */ now) => cells.forEach((cell) => cell.show(now)) };
    drawn.set(idOf(row), shown);
    return shown;
  }

  /**
   * @param {string} id
   * @param {HTMLElement} line
   */
  function remove(id, line) {
    const hadFocus = line.contains(document.activeElement);
    line.remove();
    drawn.delete(id);
    if (hadFocus) element.focus();
  }
}

/**
 * @template T
 * @param {Column<T>} column
 * @param {T} row
 * @param {boolean} isName
 */
function liveCell(column, row, isName) {
  const content = make('div', { class: isName ? 'cell row-name' : 'cell' });
  const element = isName
    ? cellOf(column, 'th', { role: 'rowheader', scope: 'row' }, content)
    : cellOf(column, 'td', { role: 'cell', 'data-title': column.title }, content);
  const control = column.control?.(row);
  if (control === undefined) return { element, show: (/** @type {T} */ now) => redraw(content, column.cell?.(now) ?? '') };
  content.append(control.element);
  return { element, show: control.show };
}

/**
 * @template T
 * @param {Column<T>} column
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {Node | string} content
 */
function cellOf({ isFigure = false }, tag, attributes, content) {
  return make(tag, { ...attributes, class: isFigure && 'figure' }, content);
}
