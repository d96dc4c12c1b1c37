// @ts-check

import { make, svg } from '../elements.js';

/**
 * A bar that is filled from the left.
 *
 * @param {string} label what it shows, in words
 * @param {{ kind: 'used' | 'reserved', amount: number }[]} parts
 * @param {number} whole
 */
export function meter(label, parts, whole) {
  const picture = svg('svg', { class: 'meter', role: 'img', 'aria-label': label }, bar('room', 0, 100));
  let from = 0;
  for (const { kind, amount } of parts) {
    const width = whole === 0 ? 0 : Math.min(100 - from, (100 * amount) / whole);
    if (width > 0) picture.append(bar(kind, from, width));
    from += width;
  }
  return picture;
}

/** @param {'used' | 'reserved'} kind what has this colour in a bar */
export function swatch(kind) {
  return make('span', { class: `swatch swatch-${kind}` });
}

/**
 * @param {string} kind
 * @param {number} from percent
 * @param {number} width percent
 */
function bar(kind, from, width) {
  return svg('rect', { class: `meter-${kind}`, x: `${from.toFixed(2)}%`, width: `${width.toFixed(2)}%`, height: '100%', rx: 3 });
}
