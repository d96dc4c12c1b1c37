// @ts-check

import { make } from '../elements.js';
import { nameOf } from './figure.js';

/** As many names as are proposed. */
const PROPOSED = 200;

/**
 * What the figures are narrowed to, and a form that narrows them further.
 *
 * @param {HTMLElement} element
 * @param {import('./place.js').Dimension[]} allowed
 * @param {import('./page.js').Context} context
 */
export function mountFilters(element, allowed, { api, place, href, go, signal }) {
  const { filters, period } = place;
  const used = allowed.filter((dimension) => filters[dimension] !== undefined);
  const free = allowed.filter((dimension) => filters[dimension] === undefined);
  const chips = make('ul', { class: 'chips', 'data-testid': 'filters' }, ...used.map(chip));
  element.replaceChildren(chips);
  if (free.length > 0) element.append(form());

  /** @param {import('./place.js').Dimension} dimension */
  function chip(dimension) {
    const { [dimension]: value = '', ...others } = filters;
    const away = make(
      'a',
      { href: href({ filters: others }), 'aria-label': `Take away the filter ${dimension} ${nameOf(value)}`, 'data-testid': `without-${dimension}` },
      '×',
    );
    return make('li', {}, make('span', { class: 'chip-words' }, `${dimension}: `, make('strong', {}, nameOf(value))), away);
  }

  function form() {
    const names = make('datalist', { id: 'filter-names' });
    const dimension = /** @type {HTMLSelectElement} */ (
      make(
        'select',
        { name: 'dimension', 'aria-label': 'Filter by', 'data-testid': 'filter-dimension' },
        ...free.map((each) => make('option', { value: each }, each)),
      )
    );
    const value = /** @type {HTMLInputElement} */ (
      make('input', { name: 'value', list: 'filter-names', autocomplete: 'off', spellcheck: 'false', placeholder: 'name', 'aria-label': 'Name', 'data-testid': 'filter-value' })
    );
    const add = make('button', { type: 'submit', 'data-testid': 'add-filter', 'data-keep': 'add-filter' }, 'Filter');
    const element = make('form', { class: 'add-filter' }, dimension, value, names, add);
    value.addEventListener('focus', propose, { signal });
    dimension.addEventListener('change', () => names.replaceChildren(), { signal });
    element.addEventListener(
      'submit',
      (event) => {
        event.preventDefault();
        if (value.value.trim() === '') return value.focus();
        go({ filters: { ...filters, [dimension.value]: value.value.trim() } });
      },
      { signal },
    );
    return element;

    async function propose() {
      if (names.childElementCount > 0) return;
      // A name can be typed as well: what cannot be proposed is no reason to say anything.
      const by = /** @type {import('./place.js').Dimension} */ (dimension.value);
      const rows = await api.costs(period, [by], filters, signal).catch(() => []);
      const known = [...new Set(rows.map((row) => row[by] ?? ''))].filter((name) => name !== '');
      names.replaceChildren(...known.slice(0, PROPOSED).map((name) => make('option', { value: name })));
    }
  }
}
