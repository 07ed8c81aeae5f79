// End session behavior: while somebody types, what it will do, what is wrong with it, and what differs from system-wide.

const PAUSE = 250;
const section = document.querySelector("[data-preview]");
const form = section?.closest("form");
let timer;
let underWay;

if (form) {
  mark();
  section.addEventListener("click", goToField);
}
if (form && section.dataset.url) {
  for (const kind of ["input", "change"]) form.addEventListener(kind, soon);
  soon(); // what was typed before this ran, or was filled in again by the browser, is not what the server drew
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

async function ask() {
  underWay?.abort();
  const mine = (underWay = new AbortController());
  const signal = AbortSignal.any([mine.signal, AbortSignal.timeout(15_000)]);
  try {
    const response = await fetch(section.dataset.url, { method: "POST", body: new FormData(form), signal });
    if (!response.ok || response.redirected) throw new Error(`${response.status}`);
    show(await response.text());
  } catch {
    if (!mine.signal.aborted) unreachable(true); // else somebody went on typing
  }
}

function show(html) {
  const shown = section.querySelector("[data-preview-shown]");
  const before = shown.firstElementChild?.dataset.status;
  shown.innerHTML = html; // rendered and escaped by the server
  const { status } = shown.firstElementChild.dataset;
  if (status !== before) section.querySelector("[data-preview-status]").textContent = status;
  unreachable(false);
  mark();
}

function unreachable(is) {
  section.querySelector("[data-preview-unreachable]").hidden = !is;
}

// Beside each field that differs, what holds system-wide.
function mark() {
  for (const old of form.querySelectorAll(".field-differs")) old.remove();
  for (const one of section.querySelectorAll("[data-differs]")) {
    const row = form.querySelector(`.behavior-form .field-${one.dataset.differs}`);
    if (!row) continue;
    const note = document.createElement("p");
    note.className = "field-differs";
    note.textContent = one.querySelector("span").textContent;
    (row.querySelector(".grow") ?? row).append(note);
  }
}

// A problem leads to its field, on whichever tab that is.
function goToField(event) {
  const link = event.target.closest("a[href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  document.getElementById(place.closest("[role=tabpanel]")?.getAttribute("aria-labelledby"))?.click();
  focusOnceShown(place.matches("input, select, textarea") ? place : place.querySelector("input"));
}

// The tab is opened a few frames after the click on it.
function focusOnceShown(field, frames = 30) {
  if (field?.checkVisibility()) field.focus();
  else if (field && frames) requestAnimationFrame(() => focusOnceShown(field, frames - 1));
}
