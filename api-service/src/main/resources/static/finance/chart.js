// @ts-check

import { make, svg } from '../elements.js';
import { money, moneyText, ratio, textOf, unitsOf } from './money.js';

/**
 * A bar of the chart.
 *
 * @typedef {object} Bar
 * @property {string} title what it is the cost of
 * @property {string} label under it
 * @property {string} href where it leads
 * @property {{ name: string, units: bigint }[]} parts as many as there are series, in their order
 */

const HEIGHT = 240;
const TOP = 12;
const BOTTOM = 28;
const WIDEST_BAR = 44;

/** Room for the label of a bar, in px. */
const LABEL_EVERY = 72;

/** How many lines there are at most above the base. */
const LINES = 4n;

/**
 * Stacked bars, drawn for the width that there is. One stop for the keyboard: the arrows go from bar
 * to bar, a line above says what the bar is made of, Enter goes where it leads. A table says the same.
 *
 * @param {string} title
 * @param {string} currency
 * @param {Bar[]} bars
 * @param {AbortSignal} signal
 */
export function chart(title, currency, bars, signal) {
  const readout = make('p', { class: 'readout', 'data-testid': 'readout' });
  const picture = svg('svg', { class: 'chart', role: 'group', 'aria-label': title, 'data-testid': 'chart' });
  const frame = make('div', { class: 'chart-frame' }, picture);
  const totals = bars.map(({ parts }) => parts.reduce((sum, { units }) => sum + units, 0n));
  const lines = linesUpTo(totals.reduce((most, each) => (each > most ? each : most), 0n));
  const top = lines.at(-1) ?? 1n;
  let chosen = bars.length - 1;

  picture.addEventListener('keydown', step, { signal });
  const watched = new ResizeObserver(() => draw());
  watched.observe(frame);
  signal.addEventListener('abort', () => watched.disconnect(), { once: true });
  read(chosen);
  return make('div', { class: 'chart-part' }, legend(bars), readout, frame);

  function draw() {
    const width = frame.clientWidth;
    if (width === 0) return;
    const names = lines.map((line) => axisText(line, currency));
    const left = 8 + 7 * Math.max(...names.map((name) => name.length));
    const room = (width - left) / bars.length;
    const breadth = Math.max(1, Math.min(WIDEST_BAR, room * 0.72));
    const every = Math.max(1, Math.ceil(LABEL_EVERY / room));
    const hadFocus = picture.contains(document.activeElement);
    picture.setAttribute('width', String(width));
    picture.setAttribute('height', String(HEIGHT));
    picture.replaceChildren(
      ...lines.map((line, index) => ruler(line, names[index], left, width)),
      ...bars.map((bar, index) => {
        const from = left + index * room;
        // From the last one backwards: that is the one which people look for.
        const isLabelled = (bars.length - 1 - index) % every === 0;
        return drawn(bar, index, from, room, breadth, isLabelled);
      }),
    );
    if (hadFocus) focus();
  }

  /**
   * @param {bigint} line
   * @param {string} name
   * @param {number} left
   * @param {number} width
   */
  function ruler(line, name, left, width) {
    const y = yOf(line);
    const text = svg('text', { x: left - 8, y: y + 4, class: 'axis', 'text-anchor': 'end' });
    text.textContent = name;
    return svg('g', { 'aria-hidden': 'true' }, svg('line', { x1: left, x2: width, y1: y, y2: y, class: 'ruler' }), text);
  }

  /**
   * @param {Bar} bar
   * @param {number} index
   * @param {number} from
   * @param {number} room
   * @param {number} breadth
   * @param {boolean} isLabelled
   */
  function drawn(bar, index, from, room, breadth, isLabelled) {
    const link = svg('a', {
      href: bar.href,
      class: 'bar-link',
      tabindex: index === chosen ? 0 : -1,
      'aria-label': wordsOf(index),
    });
    link.append(svg('rect', { x: from, y: TOP, width: room, height: HEIGHT - TOP - BOTTOM, class: 'hit' }));
    let below = 0n;
    bar.parts.forEach(({ units }, series) => {
      const y = yOf(below + units);
      const height = yOf(below) - y;
      below += units;
      if (units === 0n) return;
      // Never less than can be seen: what is not nothing must not look like it.
      link.append(
        svg('rect', {
          x: from + (room - breadth) / 2,
          y: y - Math.max(0, 1 - height),
          width: breadth,
          height: Math.max(1, height),
          class: `series-${series + 1}`,
        }),
      );
    });
    if (isLabelled) {
      const label = svg('text', { x: from + room / 2, y: HEIGHT - 8, class: 'axis', 'text-anchor': 'middle' });
      label.textContent = bar.label;
      if (index === bars.length - 1 && room < LABEL_EVERY) {
        label.setAttribute('x', String(from + room));
        label.setAttribute('text-anchor', 'end');
      }
      link.append(label);
    }
    link.addEventListener('pointerenter', () => read(index));
    link.addEventListener('focus', () => read(index));
    return link;
  }

  /** @param {bigint} units */
  function yOf(units) {
    return HEIGHT - BOTTOM - ratio(units, top) * (HEIGHT - TOP - BOTTOM);
  }

  /** @param {Event} event */
  function step(event) {
    const { key } = /** @type {KeyboardEvent} */ (event);
    const to = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: bars.length - 1 }[key];
    if (to === undefined) return;
    event.preventDefault();
    const links = picture.querySelectorAll('a');
    links[chosen]?.setAttribute('tabindex', '-1');
    chosen = Math.min(Math.max(to, 0), bars.length - 1);
    focus();
  }

  function focus() {
    const link = picture.querySelectorAll('a')[chosen];
    link?.setAttribute('tabindex', '0');
    link?.focus();
  }

  /** @param {number} index */
  function read(index) {
    const { title: name, parts } = bars[index];
    const made = parts.filter(({ units }) => units > 0n);
    readout.replaceChildren(make('strong', {}, name), ' ', money(textOf(totals[index]), currency));
    if (made.length < 2) return;
    for (const part of made) readout.append(make('span', { class: 'readout-part' }, `${part.name} `, money(textOf(part.units), currency)));
  }

  /** @param {number} index */
  function wordsOf(index) {
    const { title: name, parts } = bars[index];
    const made = parts.filter(({ units }) => units > 0n).map((part) => `${part.name} ${moneyText(textOf(part.units), currency)}`);
    const total = `${name}: ${moneyText(textOf(totals[index]), currency)}`;
    return made.length < 2 ? total : `${total}. ${made.join(', ')}`;
  }
}

/** @param {Bar[]} bars */
function legend(bars) {
  const list = make('ul', { class: 'legend' });
  (bars[0]?.parts ?? []).forEach(({ name }, series) => {
    list.append(make('li', {}, make('span', { class: `swatch series-${series + 1}` }), name));
  });
  return list;
}

/**
 * Round amounts from nothing to what is enough for the highest bar.
 *
 * @param {bigint} most
 */
function linesUpTo(most) {
  if (most === 0n) return [0n, unitsOf('1')];
  let power = 1n;
  while (most > 10n * power * LINES) power *= 10n;
  const step = [1n, 2n, 5n].map((factor) => factor * power).find((each) => most <= each * LINES) ?? 10n * power;
  const lines = [0n];
  while (lines[lines.length - 1] < most) lines.push(step * BigInt(lines.length));
  return lines;
}

/**
 * @param {bigint} units
 * @param {string} currency
 */
function axisText(units, currency) {
  return units === 0n ? '0' : moneyText(textOf(units), currency);
}
