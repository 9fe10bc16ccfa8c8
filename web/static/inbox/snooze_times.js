/** The times a snooze is offered for; pure. spec/inbox.md E.5 */

const MINUTE_MS = 60_000;
const MORNING_H = 9;
const SATURDAY = 6;
const SUNDAY = 0;

function morning(now, days) {
  const date = new Date(now);
  date.setDate(date.getDate() + days);
  date.setHours(MORNING_H, 0, 0, 0);
  return date;
}

function nextWorkday(now) {
  let days = 1;
  while ([SATURDAY, SUNDAY].includes(morning(now, days).getDay())) days += 1;
  return morning(now, days);
}

/** [{key, at: Date}]: 20 minutes, an hour, three, tomorrow, the next workday. */
export function snoozeTimes(now = new Date()) {
  const later = (minutes) => new Date(now.getTime() + minutes * MINUTE_MS);
  const times = [
    { key: "d.snooze.minutes20", at: later(20) },
    { key: "d.snooze.hour", at: later(60) },
    { key: "d.snooze.hours3", at: later(180) },
    { key: "d.snooze.tomorrow", at: morning(now, 1) },
  ];
  const workday = nextWorkday(now);
  if (workday.getTime() !== times.at(-1).at.getTime())
    times.push({ key: "d.snooze.workday", at: workday });
  return times;
}

/** What a field of type datetime-local shows for a moment. */
export function localValue(date) {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS);
  return shifted.toISOString().slice(0, 16);
}
