// Keeps a room as a fresh one would be: by the line when it is live, by asking when it is not, by the clock when it
// knows when something changes, and at once when the device wakes up.

import { serverNow, setServerTime, showTimes } from "./clock.js";
import { goesOnElsewhere, mindPace, pauseAfter, reloadOnce } from "./post.js";
import { reachable } from "./reach.js";

const ASK_EVERY = 4_000; // while the line is not live
const SELDOM = 5; // a room that is not in view asks every fifth time only
const PATIENCE = 15_000;
const LONGEST_TIMER = 2 ** 31 - 1;

export class Follower {
  constructor(room) {
    this.room = room;
    this.wasOpen = room.page.open;
    this.turns = 0;
    this.schedule(room.page);
    room.life.every(ASK_EVERY, () => this.askAnyway());
    room.life.atEnd(() => clearTimeout(this.timer));
    this.wakeUp();
  }

  heard({ n, html, sync }) {
    if (html === undefined || !this.room.rows.add({ n, html }) || sync) this.catchUp();
  }

  askAnyway() {
    if (this.room.line.live || this.leaving) return;
    if (this.room.visible || this.turns++ % SELDOM === 0) this.catchUp();
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
      reachable(true);
    } catch (error) {
      if (!error.seconds) reachable(false);
      clearTimeout(this.timer);
      this.timer = this.room.life.after(pauseAfter(error, ASK_EVERY), () => this.catchUp());
    } finally {
      this.asking = false;
      this.listen();
    }
  }

  async ask() {
    if (this.room.life.over) return;
    const address = this.room.url(`updates/?after=${this.room.rows.last}`);
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    if (response.status === 404 && this.room.host.gone) {
      const { problem } = await response.json().catch(() => ({}));
      this.room.host.gone(this.room, problem);
      return;
    }
    // Signed out, or the link was revoked: the page itself says so better.
    if (response.redirected || response.status === 403 || response.status === 404) { reloadOnce(); return; }
    await mindPace(response);
    if (!response.ok) throw new Error(`${response.status}`);
    this.take(await response.json());
  }

  // An answer of the server, whatever the question was. Rows are added by number; of two answers the newer state stays.
  take(state) {
    const { room } = this;
    if (room.life.over) return;
    if (state.elsewhere) { goesOnElsewhere(); return; }
    if (state.gone) { room.host.gone(room, state.problem ?? ""); return; }
    const complete = state.rows.map((row) => room.rows.add(row)).every(Boolean);
    if (!complete || state.more) this.catchUp();
    if (state.last < room.page.last || (state.last === room.page.last && state.now < room.page.now)) return;
    room.page = { ...room.page, ...state };
    setServerTime(state.now);
    if (this.leaves(state)) return;
    this.schedule(state);
    this.listen();
    room.showPresence(state.present);
    room.showState(state);
    showTimes(room.root);
  }

  // Where the room has a line of its own, its answers say where to go on listening.
  listen() { this.room.line.listen(this.room.page.stream, this.room.page.renew, this.room.page.topics); }

  // A room that was open at the end goes where the policy says; one whose access is over shows the closing page.
  leaves(state) {
    const { host } = this.room;
    if (this.wasOpen && !state.open && state.redirect) this.leave(() => host.leave(this.room, state.redirect));
    else if (state.over) this.leave(() => host.over(this.room));
    this.wasOpen &&= state.open;
    return this.leaving;
  }

  // What was written is first sent, or refused and kept, as long as that does not take too long.
  async leave(go) {
    if (this.leaving) return;
    this.leaving = true;
    await Promise.race([this.room.settled(), new Promise((resolve) => setTimeout(resolve, 10_000))]);
    go();
  }

  // Ask again by ourselves when time changes something, and in time for a new ticket.
  schedule({ next, renew = Infinity }) {
    clearTimeout(this.timer);
    const now = serverNow();
    const renewal = renew - now > 60_000 ? renew - 30_000 : renew + 1_000;
    const wait = Math.max(Math.min(next ?? Infinity, renewal) - now, 250);
    this.timer = this.room.life.after(Math.min(wait, LONGEST_TIMER), () => this.catchUp());
  }

  wakeUp() {
    const { life } = this.room;
    life.on(document, "visibilitychange", () => { if (!document.hidden) this.catchUp(); });
    life.on(window, "online", () => this.catchUp());
    life.on(window, "pageshow", (event) => { if (event.persisted) this.catchUp(); });
  }
}
