// Time on the page: the server's clock, moments in the viewer's zone, countdowns.

const words = () => document.getElementById("words").dataset;
let ahead = 0; // how far the server's clock is ahead of this device's, in milliseconds

export function setServerTime(now) { ahead = now - Date.now(); }
export function serverNow() { return Date.now() + ahead; }

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always", style: "long" });

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

function dayName(at) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(at) - midnight(serverNow())) / 86_400_000);
  return { "-1": words().yesterday, 0: words().today, 1: words().tomorrow }[days] ?? day.format(at);
}

// Roughly, in the unit that fits; the moment itself stands beside it.
function fromNow(at) {
  const seconds = (at - serverNow()) / 1000;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= 1.5 * size) ?? ["second", 1];
  return relative.format(Math.round(seconds / length), unit);
}

function left(at) {
  const seconds = Math.max(0, Math.ceil((at - serverNow()) / 1000));
  const pad = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

const STYLES = {
  clock: (at) => clock.format(at),
  moment: (at) => `${clock.format(at)} ${dayName(at)}`,
  until: (at) => `${clock.format(at)} ${dayName(at)}, ${fromNow(at)}`,
  countdown: left,
};

// Say the moments below `root` in the viewer's zone.
export function showTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-time]")) {
    const at = new Date(element.dateTime);
    const said = STYLES[element.dataset.time](at);
    if (element.textContent !== said) element.textContent = said;
    element.title ||= exact.format(at);
  }
}

// Keep what ticks ticking.
export function tick() {
  setInterval(() => showTimes(document), 1000);
}
