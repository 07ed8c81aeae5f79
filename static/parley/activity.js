// Tells the server that the agent really did something here, at most every 15 s (rules.md 3). An open, untouched tab
// says nothing. The first input is told at once, later ones together, so that a session never ends early.

import { csrfToken } from "./post.js";

const EVERY = 15_000;
const RETRY = 5_000;
const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "touchstart"];

// `inSession` says in which session the agent is just now ("" for none): each has a clock of its own.
export function reportActivity(address, inSession) {
  const reports = new Map();
  const here = () => {
    const session = inSession();
    if (!reports.has(session)) reports.set(session, new Report(address, session));
    return reports.get(session);
  };
  // What is not told yet must not be lost when the page goes away.
  const tellNow = () => reports.forEach((report) => report.tellNow());
  addEventListener("pagehide", tellNow);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tellNow(); });
  const noticed = (event) => { if (event.isTrusted) here().soon(); };
  for (const name of INPUTS) addEventListener(name, noticed, { capture: true, passive: true });
  // Somebody went to where they are now, by a click or a key: that is told at once.
  return { arrived: () => here().now() };
}

class Report {
  told = -Infinity;

  constructor(address, session) { Object.assign(this, { address, session }); }

  soon() { this.timer ??= setTimeout(() => this.tell(), Math.max(0, EVERY - (performance.now() - this.told))); }

  now() {
    clearTimeout(this.timer);
    return this.tell();
  }

  tellNow() {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.tell();
  }

  async tell() {
    this.timer = undefined;
    this.told = performance.now();
    const body = new FormData();
    body.append("session", this.session);
    const asked = { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": csrfToken() } };
    const response = await fetch(this.address, asked).catch(() => null);
    if (!response?.ok) this.timer ??= setTimeout(() => this.tell(), RETRY);
  }
}
