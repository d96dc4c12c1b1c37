// @ts-check

/**
 * The little Markdown that models write: paragraphs, headings, lists, code, bold and italic.
 *
 * It builds elements and text nodes, and never parses HTML: markup in an answer is shown, not run.
 * What it does not know stays as it was written.
 */

/**
 * @typedef {{ source: string } & (
 *     | { kind: 'paragraph', text: string }
 *     | { kind: 'heading', text: string, level: number }
 *     | { kind: 'code', text: string }
 *     | { kind: 'list', start: number | null, items: string[][] })} Block
 */

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const ITEM = /^( {0,3})([-*+]|(\d{1,9})[.)])(\s+|$)/;
const INLINE = /(`+)(.+?)\1(?!`)|\*\*(?=\S)(.+?)(?<=\S)\*\*(?!\*)|(?<![\w*])([*_])(?=[^\s*_])(.+?)(?<=\S)\4(?![\w*])/s;

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
    const next = blocks(text.split(/\r?\n/));
    let same = 0;
    while (same < shown.length && shown[same] === next[same]?.source) same += 1;
    while (element.childNodes.length > same) element.lastChild?.remove();
    element.append(...next.slice(same).map(build));
    shown = next.map((block) => block.source);
  };
}

/**
 * @param {string[]} lines
 * @returns {Block[]}
 */
function blocks(lines) {
  /** @type {Block[]} */
  const found = [];
  let level = PAGE_HEADING;
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === '') {
      at += 1;
      continue;
    }
    const block = blockAt(lines, at, level);
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
  if (ITEM.test(lines[at])) return list(lines, at);
  let end = at + 1;
  while (end < lines.length && !startsBlock(lines[end])) end += 1;
  return { kind: 'paragraph', text: lines.slice(at, end).join('\n'), length: end - at };
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
    if (item && !isInside) {
      if ((item[3] !== undefined) !== isOrdered) break;
      indent = item[0].length;
      items.push([line.slice(indent)]);
    } else if (isInside) {
      items[items.length - 1].push(line.slice(Math.min(indent, line.search(/\S/))));
    } else if (line.trim() === '' && continues(lines, end, isOrdered)) {
      items[items.length - 1].push('');
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
  const next = lines.slice(at).find((line) => line.trim() !== '');
  if (next === undefined) return false;
  const item = ITEM.exec(next);
  return /^\s{2,}/.test(next) || (item !== null && (item[3] !== undefined) === isOrdered);
}

/** @param {string} line */
function startsBlock(line) {
  return line.trim() === '' || FENCE.test(line) || HEADING.test(line) || ITEM.test(line);
}

/**
 * @param {Block} block
 * @returns {HTMLElement}
 */
function build(block) {
  switch (block.kind) {
    case 'code':
      return buildCode(block.text);
    case 'list':
      return buildList(block.items, block.start);
    case 'heading':
      return elementOf(`h${block.level}`, ...inline(block.text));
    case 'paragraph':
      return elementOf('p', ...inline(block.text));
  }
}

/** @param {string} text */
function buildCode(text) {
  const pre = elementOf('pre', elementOf('code', text));
  // It scrolls sideways, so the keyboard must be able to reach it.
  pre.tabIndex = 0;
  pre.setAttribute('role', 'group');
  pre.setAttribute('aria-label', 'Code');
  return pre;
}

/**
 * @param {string[][]} items
 * @param {number | null} start null for a list without numbers
 */
function buildList(items, start) {
  const list = elementOf(start === null ? 'ul' : 'ol', ...items.map(buildItem));
  if (start !== null && start !== 1) list.setAttribute('start', String(start));
  return list;
}

/** @param {string[]} lines */
function buildItem(lines) {
  const [first, ...rest] = blocks(lines);
  if (first?.kind !== 'paragraph') return elementOf('li', ...blocks(lines).map(build));
  return elementOf('li', ...inline(first.text), ...rest.map(build));
}

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function inline(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match !== null; match = INLINE.exec(rest)) {
    const [whole, , codeText, bold, , italic] = match;
    nodes.push(rest.slice(0, match.index), inlineElement(codeText, bold, italic));
    rest = rest.slice(match.index + whole.length);
  }
  nodes.push(rest);
  return nodes.filter((node) => node !== '');
}

/**
 * @param {string | undefined} codeText
 * @param {string | undefined} bold
 * @param {string} italic
 */
function inlineElement(codeText, bold, italic) {
  if (codeText !== undefined) return elementOf('code', codeText);
  if (bold !== undefined) return elementOf('strong', ...inline(bold));
  return elementOf('em', ...inline(italic));
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
