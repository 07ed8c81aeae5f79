// The lists at the side of an agent's page follow what happens, and bring the line that the page listens on.

import { showProgress } from "./agent_documents.js";
import { calmly } from "./calm.js";
import { showTimes } from "./clock.js";
import { markup } from "./markup.js";
import { reloadOnce } from "./post.js";

const EVERY = 30_000;
const GATHER = 300; // milliseconds in which what happens is asked about together,
const BREATH = 1_000; // and how long to wait when much happens
const PATIENCE = 15_000;

export class Lists extends EventTarget {
  // `rooms` answers with the ids of the rooms that are open in this page. Tells `shown` after the lists changed.
  constructor(box, { line, rooms }) {
    super();
    Object.assign(this, { box, line, rooms });
    this.place = box.querySelector("[data-part=lists]");
    const { stream, until, topics } = JSON.parse(box.querySelector("script[type='application/json']").textContent);
    showTimes(box);
    line.listen(stream, until, topics);
    setInterval(() => this.refresh(), EVERY);
    addEventListener("online", () => this.refresh());
    addEventListener("pageshow", (event) => { if (event.persisted) this.refresh(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.refresh(); });
  }

  soon() {
    const wait = Math.max(GATHER, BREATH - (performance.now() - (this.asked ?? -BREATH)));
    this.timer ??= setTimeout(() => { this.timer = undefined; this.refresh(); }, wait);
  }

  // One question at a time, and once more if something came up meanwhile.
  async refresh() {
    if (this.asking) { this.askAgain = true; return; }
    this.asking = true;
    this.asked = performance.now();
    await this.#ask().catch(() => {});
    this.asking = false;
    if (this.askAgain) { this.askAgain = false; this.refresh(); }
  }

  // What somebody should know, above the lists; empty to take it back.
  say(text) {
    const note = Object.assign(document.createElement("div"), { className: "alert alert-warning", textContent: text });
    this.box.querySelector("[data-part=notes]").replaceChildren(...(text ? [note] : []));
  }

  // How far a customer is in a document that is listed, without asking.
  progress(data) { showProgress(this.place, data); }

  // The links to rooms, as listed.
  links() { return [...this.place.querySelectorAll("a[data-nav]")]; }

  async #ask() {
    const address = new URL(this.box.dataset.url, location.href);
    for (const id of this.rooms()) address.searchParams.append("open", id);
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.redirected) { reloadOnce(); return; }
    if (!response.ok) return;
    const { lists, stream, until, topics } = await response.json();
    calmly(this.place, () => { if (lists !== this.shown) this.#show(lists); });
    this.line.listen(stream, until, topics);
  }

  // New lists, but whoever is in them by keyboard stays where they are.
  #show(html) {
    const focused = this.place.contains(document.activeElement) ? pathTo(document.activeElement) : null;
    const fresh = document.createElement("div");
    fresh.innerHTML = markup(html);
    showTimes(fresh);
    this.place.replaceChildren(...fresh.childNodes);
    this.shown = html;
    if (focused) this.place.querySelector(focused)?.focus();
    this.dispatchEvent(new Event("shown"));
  }
}

// How to find again what had the focus: a link by where it leads, a button by its form and value.
function pathTo(element) {
  if (element.matches("a[href]")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  const form = element.form ? `form[action="${CSS.escape(element.form.getAttribute("action"))}"] ` : "";
  return `${form}button${element.value ? `[value="${CSS.escape(element.value)}"]` : ""}`;
}
