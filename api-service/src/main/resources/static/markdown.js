// @ts-check

/**
 * The Markdown that models write: paragraphs, headings, lists, quotes, tables, rules, code, bold,
 * italic, struck out, links.
 *
 * It builds elements and text nodes, and never parses HTML: markup in an answer is shown, not run.
 * A link leads to the web or to a mailbox and nowhere else; an image is a link, lest reading an
 * answer tells somebody that it was read. What it does not know stays as it was written.
 */

/**
 * @typedef {{ source: string } & (
 *     | { kind: 'paragraph', text: string }
 *     | { kind: 'heading', text: string, level: number }
 *     | { kind: 'code', text: string }
 *     | { kind: 'quote', lines: string[] }
 *     | { kind: 'rule' }
 *     | { kind: 'table', head: string[], rows: string[][] }
 *     | { kind: 'list', start: number | null, items: string[][] })} Block
 */

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const ITEM = /^( {0,3})([-*+]|(\d{1,9})[.)])(\s+|$)/;
const QUOTE = /^ {0,3}> ?/;
const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const TABLE_RULE = /^ {0,3}\|?( *:?-+:? *\|)+( *:?-+:? *)?$/;

/** Lists and quotes in one another, and marks in one another; what lies deeper stays as it was written. */
const DEEPEST = 8;

/*
 * What stands inside a line, each tried at one place. Their lengths are bounded: an answer that is
 * made of nothing but beginnings must not take longer than one of its length.
 */
const CODE = /(`+)(?!`)([\s\S]{0,2000}?[^`])\1(?!`)/y;
const LINK = /!?\[([^\[\]]{0,500})\]\(\s{0,9}<?((?:[^\s()<>]|\([^\s()<>]{0,200}\)){1,2000})>?(?:\s{1,9}"[^"]{0,200}")?\s{0,9}\)/y;
const ADDRESS = /(?<![\w/])https?:\/\/[^\s<>"`*]{1,2000}/y;
const STRONG = /(\*\*|(?<!\w)__)(?=\S)([\s\S]{1,2000}?)(?<=\S)\1(?![*_])/y;
const EMPHASIS = /(?<![\w*])([*_])(?=[^\s*_])([\s\S]{1,2000}?)(?<=\S)\1(?![\w*])/y;
const STRUCK = /~~(?=\S)([\s\S]{1,2000}?)(?<=\S)~~/y;
const ESCAPED = /\\([!-/:-@[-`{-~])/y;
const SAFE_ADDRESS = /^(https?:\/\/|mailto:)/i;

/** Headings of the page itself end at this level; those of an answer start below it. */
const PAGE_HEADING = 2;

/**
 * A function that shows a text in the element, each time it has grown.
 *
 * Blocks that did not change keep their nodes, so that a selection in them survives, and the work
 * for a new chunk is that of its last block.
 *
 * @param {HTMLElement} element
 * @returns {(text: string) => void}
 */
export function markdownIn(element) {
  /** @type {string[]} sources of the blocks shown */
  let shown = [];
  return (text) => {
    const next = blocks(text.split(/\r?\n/), 0);
    let same = 0;
    while (same < shown.length && shown[same] === next[same]?.source) same += 1;
    while (element.childNodes.length > same) element.lastChild?.remove();
    element.append(...next.slice(same).map((block) => build(block, 0)));
    shown = next.map((block) => block.source);
  };
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Block[]}
 */
function blocks(lines, depth) {
  /** @type {Block[]} */
  const found = [];
  let level = PAGE_HEADING;
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === '') {
      at += 1;
      continue;
    }
    const block = depth > DEEPEST ? paragraph(lines, at) : blockAt(lines, at, level);
    if (block.kind === 'heading') level = block.level;
    const end = at + block.length;
    found.push({ ...block, source: lines.slice(at, end).join('\n') });
    at = end;
  }
  return found;
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {number} level of the heading before it
 * @returns {any}
 */
function blockAt(lines, at, level) {
  const fence = FENCE.exec(lines[at]);
  if (fence) return code(lines, at, fence[1]);
  const heading = HEADING.exec(lines[at]);
  if (heading) {
    // Never more than one level below the heading before it: readers jump from level to level.
    const wanted = PAGE_HEADING + heading[1].length;
    return { kind: 'heading', text: heading[2], level: Math.min(wanted, level + 1, 6), length: 1 };
  }
  if (RULE.test(lines[at])) return { kind: 'rule', length: 1 };
  if (ITEM.test(lines[at])) return list(lines, at);
  if (QUOTE.test(lines[at])) return quote(lines, at);
  if (isTable(lines, at)) return table(lines, at);
  return paragraph(lines, at);
}

/**
 * @param {string[]} lines
 * @param {number} at
 */
function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && !startsBlock(lines[end]) && !isTable(lines, end)) end += 1;
  return { kind: 'paragraph', text: lines.slice(at, end).join('\n'), length: end - at };
}

/**
 * @param {string[]} lines
 * @param {number} at
 */
function quote(lines, at) {
  let end = at + 1;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  return { kind: 'quote', lines: lines.slice(at, end).map((line) => line.replace(QUOTE, '')), length: end - at };
}

/**
 * A table is known by its second line, which may be as wide as the first.
 *
 * @param {string[]} lines
 * @param {number} at
 */
function isTable(lines, at) {
  const rule = lines[at + 1];
  if (rule === undefined || !lines[at].includes('|') || !TABLE_RULE.test(rule)) return false;
  return cells(rule).length === cells(lines[at]).length;
}

/**
 * @param {string[]} lines
 * @param {number} at
 */
function table(lines, at) {
  let end = at + 2;
  while (end < lines.length && lines[end].includes('|')) end += 1;
  const head = cells(lines[at]);
  const rows = lines.slice(at + 2, end).map((line) => head.map((_, column) => cells(line)[column] ?? ''));
  return { kind: 'table', head, rows, length: end - at };
}

/** @param {string} line */
function cells(line) {
  const inner = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/**
 * An open fence reaches to the end: while it streams, its closing line has not come yet.
 *
 * @param {string[]} lines
 * @param {number} at
 * @param {string} fence
 */
function code(lines, at, fence) {
  const isEnd = (/** @type {string} */ line) => line.trim() === fence;
  let end = at + 1;
  while (end < lines.length && !isEnd(lines[end])) end += 1;
  const text = lines.slice(at + 1, end).join('\n');
  return { kind: 'code', text, length: Math.min(end + 1, lines.length) - at };
}

/**
 * @param {string[]} lines
 * @param {number} at
 */
function list(lines, at) {
  const first = /** @type {RegExpExecArray} */ (ITEM.exec(lines[at]));
  const isOrdered = first[3] !== undefined;
  /** @type {string[][]} */
  const items = [];
  let indent = 0;
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end];
    const item = ITEM.exec(line);
    const isInside = items.length > 0 && /^\s/.test(line) && line.search(/\S/) >= Math.min(indent, 2);
    if (RULE.test(line) && !isInside) break;
    if (item && !isInside) {
      if ((item[3] !== undefined) !== isOrdered) break;
      indent = item[0].length;
      items.push([line.slice(indent)]);
    } else if (isInside) {
      items[items.length - 1].push(line.slice(Math.min(indent, line.search(/\S/))));
    } else if (line.trim() === '' && continues(lines, end, isOrdered)) {
      items[items.length - 1].push('');
      // However many empty lines there are, they are looked at once.
      end = nextWritten(lines, end) - 1;
    } else if (line.trim() === '' || startsBlock(line)) {
      break;
    } else {
      items[items.length - 1].push(line);
    }
  }
  const start = isOrdered ? Number(first[3]) : null;
  return { kind: 'list', start, items, length: end - at };
}

/**
 * Whether the list goes on after an empty line.
 *
 * @param {string[]} lines
 * @param {number} at
 * @param {boolean} isOrdered
 */
function continues(lines, at, isOrdered) {
  const next = lines[nextWritten(lines, at)];
  if (next === undefined) return false;
  const item = ITEM.exec(next);
  return /^\s{2,}/.test(next) || (item !== null && (item[3] !== undefined) === isOrdered);
}

/**
 * @param {string[]} lines
 * @param {number} at
 */
function nextWritten(lines, at) {
  let next = at;
  while (next < lines.length && lines[next].trim() === '') next += 1;
  return next;
}

/** @param {string} line */
function startsBlock(line) {
  const starts = [FENCE, HEADING, ITEM, QUOTE, RULE];
  return line.trim() === '' || starts.some((start) => start.test(line));
}

/**
 * @param {Block} block
 * @param {number} depth
 * @returns {HTMLElement}
 */
function build(block, depth) {
  switch (block.kind) {
    case 'code':
      return buildCode(block.text);
    case 'list':
      return buildList(block.items, block.start, depth);
    case 'quote':
      return elementOf('blockquote', ...blocks(block.lines, depth + 1).map((each) => build(each, depth + 1)));
    case 'table':
      return buildTable(block.head, block.rows);
    case 'rule':
      return elementOf('hr');
    case 'heading':
      return elementOf(`h${block.level}`, ...inline(block.text, 0));
    case 'paragraph':
      return elementOf('p', ...inline(block.text, 0));
  }
}

/** @param {string} text */
function buildCode(text) {
  const pre = elementOf('pre', elementOf('code', text));
  return reachable(pre, 'Code');
}

/**
 * What scrolls sideways must be in reach of the keyboard.
 *
 * @param {HTMLElement} element
 * @param {string} name
 */
function reachable(element, name) {
  element.tabIndex = 0;
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', name);
  return element;
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function buildTable(head, rows) {
  const row = (/** @type {string} */ name, /** @type {string[]} */ texts) =>
    elementOf('tr', ...texts.map((text) => elementOf(name, ...inline(text, 0))));
  const table = elementOf(
    'table',
    elementOf('thead', row('th', head)),
    elementOf('tbody', ...rows.map((texts) => row('td', texts))),
  );
  const around = elementOf('div', table);
  around.className = 'table';
  return reachable(around, 'Table');
}

/**
 * @param {string[][]} items
 * @param {number | null} start null for a list without numbers
 * @param {number} depth
 */
function buildList(items, start, depth) {
  const list = elementOf(start === null ? 'ul' : 'ol', ...items.map((item) => buildItem(item, depth + 1)));
  if (start !== null && start !== 1) list.setAttribute('start', String(start));
  return list;
}

/**
 * @param {string[]} lines
 * @param {number} depth
 */
function buildItem(lines, depth) {
  const [first, ...rest] = blocks(lines, depth);
  if (first === undefined) return elementOf('li');
  const others = rest.map((each) => build(each, depth));
  if (first.kind !== 'paragraph') return elementOf('li', build(first, depth), ...others);
  return elementOf('li', ...inline(first.text, 0), ...others);
}

/**
 * @param {string} text
 * @param {number} depth
 * @returns {(Node | string)[]}
 */
function inline(text, depth) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let plainFrom = 0;
  let at = 0;
  while (at < text.length) {
    const found = '\\`[!h*_~'.includes(text[at]) && depth <= DEEPEST ? markAt(text, at, depth) : null;
    if (found === null) {
      // A run of backticks that nothing closes is no mark anywhere in it.
      at += text[at] === '`' ? lengthOfRun(text, at) : 1;
      continue;
    }
    nodes.push(text.slice(plainFrom, at), found.node);
    at += found.length;
    plainFrom = at;
  }
  nodes.push(text.slice(plainFrom));
  return nodes.filter((node) => node !== '');
}

/**
 * @param {string} text
 * @param {number} at
 * @param {number} depth
 * @returns {{ node: Node | string, length: number } | null}
 */
function markAt(text, at, depth) {
  const here = (/** @type {RegExp} */ mark) => {
    mark.lastIndex = at;
    return mark.exec(text);
  };
  const inside = (/** @type {string} */ part) => inline(part, depth + 1);
  let match;
  switch (text[at]) {
    case '\\':
      match = here(ESCAPED);
      return match && { node: match[1], length: 2 };
    case '`':
      match = here(CODE);
      return match && { node: elementOf('code', match[2].trim() || match[2]), length: match[0].length };
    case 'h':
      match = here(ADDRESS);
      if (match === null) return null;
      // What ends the sentence does not belong to the address.
      match[0] = match[0].replace(/[.,;:!?'")\]}]+$/, '');
      return { node: linkTo(match[0], [match[0]]), length: match[0].length };
    case '!':
    case '[':
      match = here(LINK);
      if (match === null || !SAFE_ADDRESS.test(match[2])) return null;
      return { node: linkTo(match[2], inside(match[1] || match[2])), length: match[0].length };
    case '~':
      match = here(STRUCK);
      return match && { node: elementOf('del', ...inside(match[1])), length: match[0].length };
  }
  match = here(STRONG);
  if (match !== null) return { node: elementOf('strong', ...inside(match[2])), length: match[0].length };
  match = here(EMPHASIS);
  return match && { node: elementOf('em', ...inside(match[2])), length: match[0].length };
}

/**
 * @param {string} text
 * @param {number} at
 */
function lengthOfRun(text, at) {
  let end = at;
  while (text[end] === text[at]) end += 1;
  return end - at;
}

/**
 * @param {string} address checked to be safe
 * @param {(Node | string)[]} children
 */
function linkTo(address, children) {
  const link = document.createElement('a');
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  // A link in a link's words would be none of ours.
  link.append(...children.map((child) => (child instanceof HTMLAnchorElement ? (child.textContent ?? '') : child)));
  return link;
}

/**
 * @param {string} name
 * @param {(Node | string)[]} children strings become text
 */
function elementOf(name, ...children) {
  const element = document.createElement(name);
  element.append(...children);
  return element;
}
