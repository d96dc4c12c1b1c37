// @ts-check

import { make } from '../elements.js';
import { count, fail, hint, load, section } from '../part.js';
import { periodText } from './days.js';
import { save } from './download.js';
import { exportPath } from './finance-api.js';

/** Rows that a page may hold in memory: some 100 MB. More are written to a file as they come. */
const MOST_IN_MEMORY = 200_000;

/** Path, rows for a call at the most, title, explanation. */
const FORMATS = /** @type {const} */ ([
  ['usage.csv', 1, 'Usage, CSV', 'One row for each entry of the ledger: who, model, tokens, cost. Corrections are rows of their own.'],
  ['focus.csv', 4, 'FOCUS, CSV', 'The FinOps cost format that billing tools read: one row for each meter of an entry.'],
]);

/**
 * The ledger as files.
 *
 * @param {HTMLElement} element
 * @param {import('./page.js').Context} context
 */
export function mount(element, { api, place, signal }) {
  const { period } = place;
  const formats = make('div', { class: 'forms' });
  element.append(section('Take it with you', 'exports', hint(periodText(period)), formats), section('From the command line', 'curl', ...commandLine()));
  load(formats, signal, ask, draw);

  async function ask() {
    const rows = await api.costs(period, ['model'], {}, signal);
    return rows.reduce((sum, { attempts }) => sum + attempts, 0);
  }

  /** @param {number} calls */
  function draw(calls) {
    return FORMATS.map(([name, rows, title, words]) => {
      const button = /** @type {HTMLButtonElement} */ (make('button', { type: 'button', class: 'primary', 'data-testid': `export-${name}` }, 'Download'));
      const progress = make('p', { class: 'hint', role: 'status' });
      const failure = make('div', { role: 'alert' });
      button.addEventListener('click', () => download(name, calls * rows, button, progress, failure), { signal });
      return make('div', { class: 'stacked' }, make('h4', {}, title), make('p', {}, words), hint(`${count(calls)} calls`), button, progress, failure);
    });
  }

  /**
   * @param {'usage.csv' | 'focus.csv'} name
   * @param {number} rows as many as there may be
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} progress
   * @param {HTMLElement} failure
   */
  async function download(name, rows, button, progress, failure) {
    const fileName = `sluice-${period.from}-${name}`;
    button.disabled = true;
    fail(failure, null);
    try {
      const isSaved = await save(fileName, rows > MOST_IN_MEMORY, () => api.exported(name, period, signal), signal, (bytes) => {
        progress.textContent = `${count(Math.ceil(bytes / 1024))} KB`;
      });
      progress.textContent = isSaved ? `Saved as ${fileName}` : '';
    } catch (error) {
      if (!signal.aborted) fail(failure, error);
    } finally {
      button.disabled = false;
    }
  }

  function commandLine() {
    const commands = FORMATS.map(([name]) => {
      const url = new URL(exportPath(name, period), document.baseURI);
      return `curl --fail --header "Authorization: Bearer $TOKEN" --output ${name} '${url}'`;
    });
    return [
      hint('For long periods and for scripts. TOKEN is an access token with the role finance. The last column of a row says where to go on if the download breaks off: add it as cursor.'),
      make('pre', { class: 'command', tabindex: '0', 'data-testid': 'command' }, make('code', {}, commands.join('\n'))),
    ];
  }
}
