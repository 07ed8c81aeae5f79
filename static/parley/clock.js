// Time on the page: the server's clock, moments in the viewer's zone, countdowns.

const words = () => document.getElementById("words").dataset;
let ahead = 0; // how far the server's clock is ahead of this device's, in milliseconds

export function setServerTime(now) { ahead = now - Date.now(); }
export function serverNow() { return Date.now() + ahead; }

// In the language of the page, as people write moments where this browser is at home, if it speaks that language.
const language = document.documentElement.lang;
const locale = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
// A page may be in another language than its viewer's; whether clocks go to 12 or 24 is the viewer's all the same.
const { hourCycle } = new Intl.DateTimeFormat(navigator.language, { hour: "2-digit" }).resolvedOptions();
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "long" });

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
  day: dayName,
  moment: (at) => `${clock.format(at)} ${dayName(at)}`,
  until: (at) => `${clock.format(at)} ${dayName(at)}, ${fromNow(at)}`,
  countdown: left,
  elapsed: (at) => left(2 * serverNow() - at),
};

// Say the moments below `root` in the viewer's zone.
export function showTimes(root = document, which = "") {
  for (const element of root.querySelectorAll(`time[data-time]${which}`)) {
    const at = new Date(element.dateTime);
    const said = STYLES[element.dataset.time](at);
    if (element.textContent !== said) element.textContent = said;
    element.title ||= exact.format(at);
  }
}

// Keep what ticks ticking, where it is in view.
export function tick() {
  setInterval(() => showTimes(document, ":not([data-time=clock], [hidden] *)"), 1000);
}
