// What was entered into a form: on this device first, on the server soon after, until then again and again (B8).
//
// Every value has a version in the server's milliseconds that only grows; of two the higher one stays, here and there.

import { serverNow } from "./clock.js";
import { kept } from "./kept.js";
import { csrfToken, isElsewhere, mindElsewhere, mindPace, pauseAfter, reloadOnce } from "./post.js";
import { reachable } from "./reach.js";

const PAUSE = 800; // milliseconds after the last key
const AT_LEAST = 2_000; // while somebody types on and on
const TYPING = 5_000; // so long after the last key this device has the word
const RETRY = [2_000, 5_000, 10_000, 20_000];
const PATIENCE = 15_000;
const KEEPALIVE_MOST = 60_000; // bytes that a browser sends after its page is gone

export class DocumentStore extends EventTarget {
  #timer;
  #failures = 0;

  // Tells `taken` (a name: something newer came from elsewhere), `answer` (of the server), `status` (saved, saving,
  // unsaved), `refused` (what is wrong, in a sentence: nothing can be saved any more).
  constructor(room) {
    super();
    Object.assign(this, { room, name: `parley:document:${room.document.id}`, unsaved: new Set() });
    this.values = new Map(Object.entries(room.document.values).map(([name, [text, version]]) => [name, { text, version }]));
    this.kept = this.#remembered();
    this.#recover();
    const { life } = room;
    life.on(window, "pagehide", () => this.leave());
    life.on(document, "visibilitychange", () => { if (document.hidden) this.leave(); });
    life.on(window, "online", () => this.flush());
    life.on(window, "parley:reachable", () => { if (this.#failures) this.flush(); });
    room.beforeLeaving(() => this.flush());
    room.on("document", () => this.#askSoon());
    room.on("state", () => this.ask());
  }

  // Once somebody listens: what this device has and the server has not goes out.
  begin() {
    if (!this.unsaved.size) return;
    this.#status();
    this.flush();
  }

  text(name) { return this.values.get(name)?.text ?? ""; }

  // Somebody entered this.
  set(name, text) {
    if (this.text(name) === text) return;
    this.values.set(name, { text, version: this.#next(name) });
    if (!this.unsaved.size) this.since = Date.now();
    this.unsaved.add(name);
    Object.assign(this, { typing: name, typedAt: Date.now() });
    this.#remember();
    this.#status();
    this.#saveIn(Math.min(PAUSE, Math.max(0, this.since + AT_LEAST - Date.now())));
  }

  // What to come back to on this device: the question, the view.
  place(place) {
    Object.assign(this.kept, place);
    this.#remember();
  }

  // Save now what is not saved. Resolves when that was tried.
  async flush() {
    clearTimeout(this.#timer);
    while (this.saving) await this.saving;
    if (!this.unsaved.size || isElsewhere()) return;
    this.saving = this.#save();
    await this.saving;
  }

  // The page may go away any moment: whatever is on its way already is sent once more, which changes nothing.
  leave() {
    if (this.unsaved.size && !isElsewhere()) this.#post(this.sent()).then((answer) => this.#answered(...answer)).catch(() => this.#saveIn(RETRY[0]));
  }

  // What is not saved yet, as it is sent.
  sent() {
    return Object.fromEntries([...this.unsaved].map((name) => [name, [this.values.get(name).text, this.values.get(name).version]]));
  }

  // Everything was submitted.
  forget() {
    this.unsaved.clear();
    kept.remove(this.name);
  }

  // What another device saved. Newer values are taken over, but for one that somebody is entering here just now.
  async ask() {
    if (this.unsaved.size) { this.flush(); return; } // the answer says the same
    const response = await fetch(this.room.documentUrl("values/"), { headers: { Accept: "application/json" } }).catch(() => null);
    if (response?.ok && !response.redirected) this.take(await response.json());
  }

  take(answer) {
    for (const [name, [text, version]] of Object.entries(answer.values)) {
      const here = this.values.get(name);
      if (here && version <= here.version) continue;
      if (this.unsaved.has(name) && this.typing === name && Date.now() - this.typedAt < TYPING) this.#outdo(name, version);
      else {
        this.values.set(name, { text, version });
        this.unsaved.delete(name);
        if (here?.text !== text) this.#tell("taken", name);
      }
    }
    this.#remember();
    this.#tell("answer", answer);
  }

  #outdo(name, version) {
    this.values.get(name).version = version + 1;
    this.#saveIn(PAUSE);
  }

  #next(name) { return Math.max((this.values.get(name)?.version ?? 0) + 1, Math.round(serverNow())); }

  #askSoon() {
    clearTimeout(this.asks);
    this.asks = this.room.life.after(1_000, () => this.ask());
  }

  #saveIn(wait) {
    clearTimeout(this.#timer);
    this.#timer = this.room.life.after(wait, () => this.flush());
  }

  async #save() {
    const sent = this.sent();
    this.#status("saving");
    try {
      this.#answered(...await this.#post(sent));
      this.#failures = 0;
      reachable(true);
    } catch (error) {
      if (!navigator.onLine) reachable(false);
      this.#saveIn(pauseAfter(error, RETRY[Math.min(this.#failures++, RETRY.length - 1)]));
    } finally {
      this.saving = undefined;
      this.#status();
    }
  }

  // Rejects when it is worth trying again.
  async #post(sent) {
    const body = new FormData();
    body.append("values", JSON.stringify(sent));
    const keepalive = new Blob([...body.values()]).size < KEEPALIVE_MOST;
    const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
    const asked = { method: "POST", body, headers, keepalive, signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(this.room.documentUrl("values/"), asked);
    await mindPace(response);
    const understood = response.headers.get("content-type")?.startsWith("application/json");
    if (!understood && (response.redirected || response.status === 403 || response.status === 404)) reloadOnce();
    if (!understood || response.status >= 500) throw new Error(`${response.status}`);
    const answer = await response.json();
    mindElsewhere(answer);
    return [sent, answer, response.ok];
  }

  #answered(sent, answer, ok) {
    for (const [name, [, version]] of Object.entries(sent)) {
      if (this.values.get(name)?.version === version) this.unsaved.delete(name);
    }
    if (ok && this.unsaved.size) this.since = Date.now();
    if (!ok) this.unsaved.clear();
    this.#remember();
    if (answer.values) this.take(answer);
    if (!ok) this.#tell("refused", answer.problem);
    this.#status();
  }

  #status(name) {
    const now = this.unsaved.size ? (this.#failures || !navigator.onLine ? "unsaved" : "saving") : "saved";
    this.#tell("status", name && !this.#failures ? name : now);
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  // On this device ------------------------------------------------------------------------------------------------

  #recover() {
    for (const [name, [text, version]] of Object.entries(this.kept.values ?? {})) {
      if (version <= (this.values.get(name)?.version ?? 0)) continue;
      this.values.set(name, { text, version });
      this.unsaved.add(name);
    }
  }

  #remember() {
    const values = { ...this.#ofOtherTabs(), ...this.sent() };
    kept.set(this.name, JSON.stringify({ ...this.kept, values }));
  }

  // What another tab of this browser has entered, and nobody has saved yet.
  #ofOtherTabs() {
    const there = Object.entries(this.#remembered().values ?? {});
    return Object.fromEntries(there.filter(([name, [, version]]) => version > (this.values.get(name)?.version ?? 0)));
  }

  #remembered() {
    try { return JSON.parse(kept.get(this.name)) ?? {}; } catch { return {}; }
  }
}
