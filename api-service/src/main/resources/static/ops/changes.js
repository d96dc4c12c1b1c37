// @ts-check

import { make } from '../elements.js';
import { momentText } from '../moment.js';
import { hint, nothing, section } from '../part.js';
import { liveTable } from './live-table.js';

/** @typedef {import('./ops-api.js').Change} Change */

/**
 * What a setting is called, by the word before its slash, and what its values mean.
 *
 * @type {Record<string, { name: string, words: (value: any) => string }>}
 */
const SETTINGS = {
  concurrency: { name: 'Concurrency of each worker', words: plain },
  'worker-concurrency': { name: 'Concurrency of', words: (value) => (value === null ? 'as the fleet' : plain(value)) },
  'worker-drain': { name: 'Drain of', words: (value) => (value ? 'drained' : 'let in') },
  'lane-paused': { name: 'Lane', words: (value) => (value ? 'paused' : 'running') },
  'pool-limits': { name: 'Limits of', words: plain },
  'dead-letter': { name: 'Dead letter', words: plain },
};

/**
 * Who has changed what, when, from what to what.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 * @returns {import('./page.js').Shown<Change[]>}
 */
export function mount(element, { api }) {
  /** @type {import('./live-table.js').Column<Change>[]} */
  const columns = [
    { title: 'When (UTC)', cell: ({ at }) => momentText(at) },
    { title: 'Who', cell: ({ by }) => by },
    { title: 'What', cell: ({ setting }) => nameOf(setting) },
    { title: 'From', cell: ({ setting, from }) => valueOf(setting, from) },
    { title: 'To', cell: ({ setting, to }) => valueOf(setting, to) },
  ];
  const table = liveTable('Changes', 'changes', columns, ({ at, setting }) => `${at} ${setting}`);
  const none = nothing('Nobody has changed anything yet.');
  element.append(section('Changes', 'changes-panel', hint('The last 200, the newest first. They come with the ledger, a moment after the change.'), none, table.element));
  return {
    ask: (asking) => api.changes(asking),
    show: (_, changes) => {
      none.hidden = changes.length > 0;
      table.element.hidden = changes.length === 0;
      table.show(changes);
    },
  };
}

/** @param {string} setting */
function settingOf(setting) {
  const [kind, ...which] = setting.split('/');
  return { known: SETTINGS[kind] ?? { name: kind, words: plain }, which: which.join('/') };
}

/** @param {string} setting */
function nameOf(setting) {
  const { known, which } = settingOf(setting);
  return which === '' ? known.name : make('span', {}, `${known.name} `, make('strong', {}, which));
}

/**
 * @param {string} setting
 * @param {any} value
 */
function valueOf(setting, value) {
  return settingOf(setting).known.words(value);
}

/** @param {any} value */
function plain(value) {
  if (value === null) return 'as configured';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .filter(([, each]) => each !== null)
    .map(([name, each]) => `${name} ${each.toLocaleString('en-US')}`)
    .join(', ');
}
