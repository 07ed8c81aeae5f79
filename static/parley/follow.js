// Keeps a room as a fresh one would be: by the stream when it is live, by asking when it is not, by the clock when it
// knows when something changes, and at once when the device wakes up.

import { serverNow, setServerTime, showTimes } from "./clock.js";
import { reloadOnce } from "./post.js";
import { Stream } from "./stream.js";

const ASK_EVERY = 4_000; // while the stream is not live
const PATIENCE = 15_000;
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
    setInterval(() => { if (!this.stream.live && !this.leaving) this.catchUp(); }, ASK_EVERY);
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
        await this.ask();
      } while (this.askAgain);
      this.reachable(true);
    } catch {
      this.reachable(false);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.catchUp(), ASK_EVERY);
    } finally {
      this.asking = false;
      this.stream.listen(this.page.stream, this.page.renew);
    }
  }

  async ask() {
    const address = `updates/?after=${this.rows.last}`;
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    // Signed out, or the link was revoked: the page itself says so better.
    if (response.redirected || response.status === 403 || response.status === 404) { reloadOnce(); return; }
    if (!response.ok) throw new Error(`${response.status}`);
    this.take(await response.json());
  }

  // An answer of the server, whatever the question was. Rows are added by number; of two answers the newer state stays.
  take(state) {
    const complete = state.rows.map((row) => this.rows.add(row)).every(Boolean);
    if (!complete || state.more) this.catchUp();
    if (state.last < this.page.last || (state.last === this.page.last && state.now < this.page.now)) return;
    this.page = { ...this.page, ...state };
    setServerTime(state.now);
    if (this.leaves(state)) return;
    this.schedule(state);
    this.stream.listen(state.stream, state.renew);
    this.showPresence(state.present);
    this.applyState(state);
    showTimes();
  }

  // A page that was open at the end goes where the policy says; one whose access is over shows the closing page.
  leaves(state) {
    if (this.wasOpen && !state.open && state.redirect) this.leave(() => location.replace(state.redirect));
    else if (state.over) this.leave(() => location.reload());
    return this.leaving;
  }

  // What was written is first sent, or refused and kept, as long as that does not take too long.
  async leave(go) {
    if (this.leaving) return;
    this.leaving = true;
    this.stream.close();
    await Promise.race([this.beforeLeaving?.(), new Promise((resolve) => setTimeout(resolve, 10_000))]);
    go();
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
