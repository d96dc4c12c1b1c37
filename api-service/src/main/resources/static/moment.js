// @ts-check

const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC' });

/** @param {string | number} instant ISO 8601, or ms since 1970 */
export function momentText(instant) {
  return momentFormat.format(new Date(instant));
}

/** @param {string | number} instant its time of day */
export function clockText(instant) {
  return clockFormat.format(new Date(instant));
}
