// Keeps a room as a fresh one would be: by the stream when it is live, by asking when it is not, by the clock when it
// knows when something changes, and at once when the device wakes up.

import { serverNow, setServerTime, showTimes } from "./clock.js";
import { Stream } from "./stream.js";

const ASK_EVERY = 4_000; // while the stream is not live
const LONGEST_TIMER = 2 ** 31 - 1;

export class Room {
  constructor(page, rows, apply) {
    Object.assign(this, { page, rows, applyState: apply });
    this.wasOpen = page.open;
    this.stream = new Stream({
      row: (data) => this.heard(data),
      presence: ({ present }) => this.showPresence(present),
      missed: () => this.catchUp(),
      renew: () => this.catchUp(),
    });
    this.schedule(page);
    this.stream.listen(page.stream, page.renew);
    this.wakeUp();
    setInterval(() => { if (!this.stream.live) this.catchUp(); }, ASK_EVERY);
  }

  heard({ n, html, sync }) {
    if (html === undefined || !this.rows.add({ n, html }) || sync) this.catchUp();
  }

  // Ask for everything since the last row; one question at a time, and once more if something came up meanwhile.
  async catchUp() {
    if (this.asking) { this.askAgain = true; return; }
    this.asking = true;
    try {
      do {
        this.askAgain = false;
        const response = await fetch(`updates/?after=${this.rows.last}`, { headers: { Accept: "application/json" } });
        // Signed out, or the link was revoked: the page itself says so better.
        if (response.redirected || response.status === 403 || response.status === 404) { location.reload(); return; }
        if (response.ok) this.take(await response.json());
        this.reachable(response.status < 500);
      } while (this.askAgain);
    } catch {
      this.reachable(false);
    } finally {
      this.asking = false;
      if (this.stream.source === undefined) this.stream.listen(this.page.stream, this.page.renew);
    }
  }

  // An answer of the server, whatever the question was.
  take(state) {
    this.page = { ...this.page, ...state };
    setServerTime(state.now);
    for (const row of state.rows) if (!this.rows.add(row)) this.askAgain = true;
    if (state.more) this.askAgain = true;
    if (this.leaves(state)) return;
    this.schedule(state);
    this.stream.listen(state.stream, state.renew);
    this.showPresence(state.present);
    this.applyState(state);
    showTimes();
  }

  // A page that was open at the end goes where the policy says; one whose access is over shows the closing page.
  leaves(state) {
    if (this.wasOpen && !state.open && state.redirect) { this.stream.close(); location.replace(state.redirect); return true; }
    if (state.over) { this.stream.close(); location.reload(); return true; }
    return false;
  }

  // Ask again by ourselves when time changes something, and in time for a new ticket.
  schedule({ next, renew }) {
    clearTimeout(this.timer);
    const now = serverNow();
    const renewal = renew - now > 60_000 ? renew - 30_000 : renew + 1_000;
    const wait = Math.max(Math.min(next ?? Infinity, renewal) - now, 250);
    this.timer = setTimeout(() => this.catchUp(), Math.min(wait, LONGEST_TIMER));
  }

  showPresence(present) {
    for (const element of document.querySelectorAll("[data-presence]")) element.dataset.presence = present ? "here" : "away";
  }

  reachable(is) {
    document.getElementById("offline").hidden = is;
    if (is) dispatchEvent(new Event("parley:reachable"));
  }

  wakeUp() {
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.catchUp(); });
    addEventListener("online", () => this.catchUp());
    addEventListener("offline", () => this.reachable(false));
    addEventListener("pageshow", (event) => { if (event.persisted) this.catchUp(); });
    addEventListener("pagehide", () => this.stream.close());
  }
}
