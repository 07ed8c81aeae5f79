// What is typed and not sent yet: kept on the server, so that a reload, a crash or another device finds it again (B8);
// and on this device, for as long as the server has not said that it has it.
//
// Versions are the server's milliseconds and only grow. The later save wins; see sessions_app/half_typed.py.

import { serverNow } from "./clock.js";
import { kept } from "./kept.js";
import { csrfToken, isElsewhere, mindElsewhere, mindPace, pauseAfter } from "./post.js";

const FIRST = 300; // milliseconds after the first letter: the other side sees soon that somebody types
const PAUSE = 1_000; // after the last one
const AT_LEAST = 3_000; // while somebody types on and on
const TYPING = 5_000; // after the last letter: till then this device has the word
const RETRY = [2_000, 5_000, 10_000, 20_000];
const PATIENCE = 15_000;

export class HalfTyped {
  #timer;

  // `sentUpTo` is the version of what is on its way from here as a message already.
  constructor(room, field, sentUpTo = 0) {
    const { text, version } = room.page.half_typed;
    Object.assign(this, { room, field, name: `parley:typed:${room.place}`, known: version });
    Object.assign(this, { dirty: false, failures: 0, typedAt: -Infinity, kept: text });
    if (sentUpTo && sentUpTo >= version) this.#show("", sentUpTo);
    this.#recover();
    const { life } = room;
    life.on(field, "input", () => this.changed());
    life.on(window, "pagehide", () => this.#saveNow());
    life.on(document, "visibilitychange", () => { if (document.hidden) this.#saveNow(); });
    life.on(window, "online", () => this.#saveNow());
    life.atEnd(() => this.#saveNow());
    room.on("state", ({ half_typed: newer }) => this.#take(newer));
    room.on("half-typed", ({ v, by }) => { if (by === room.page.me && v > this.known) room.catchUp(); });
    // Sent on another device, perhaps: then it is not half typed any more.
    room.on("added", ({ item }) => { if (item.querySelector(".bubble-mine") && field.value && !this.dirty) room.catchUp(); });
  }

  // The text was changed, by keys or by a script.
  changed() {
    if (!this.dirty) this.dirtySince = Date.now();
    this.dirty = true;
    this.typedAt = Date.now();
    this.known = this.#next();
    this.#remember(false);
    const wait = this.kept ? Math.min(PAUSE, Math.max(0, this.dirtySince + AT_LEAST - Date.now())) : FIRST;
    this.#saveIn(wait);
  }

  // The text goes out as a message. Empties the field; returns the version that tells the server so.
  sent() {
    this.#show("", this.#next());
    return this.known;
  }

  // What the server or another device has. Where somebody types just now it is passed over: the later save wins.
  #take({ text, version }) {
    if (version <= this.known) return;
    if (!this.dirty) this.#show(text, version);
    else if (Date.now() - this.typedAt < TYPING && !this.failures) this.#outdo(version);
    else this.#merge(this.field.value, { text, version });
  }

  #outdo(version) {
    this.known = version;
    this.#saveIn(PAUSE);
  }

  // What was typed here while the server could not be reached stays, beside what was typed elsewhere meanwhile.
  #merge(here, { text, version }) {
    const [longer, shorter] = here.length > text.length ? [here, text] : [text, here];
    this.#show(text, version);
    this.field.value = longer.includes(shorter) ? longer : `${here}\n${text}`;
    if (this.field.value !== text) this.changed();
  }

  #recover() {
    const { kept, known } = this;
    const here = this.#remembered();
    if (here?.version > known) this.field.value = here.text;
    else if (here?.failed && here.text) this.#merge(here.text, { text: kept, version: known });
    if (this.field.value === kept) this.#forget();
    else if (!this.dirty) this.changed();
  }

  #show(text, version) {
    clearTimeout(this.#timer);
    if (this.field.value !== text) this.field.value = text;
    Object.assign(this, { known: version, kept: text, dirty: false, failures: 0 });
    this.#forget();
  }

  #next() { return Math.max(this.known + 1, Math.round(serverNow())); }

  #saveIn(wait) {
    clearTimeout(this.#timer);
    this.#timer = this.room.life.after(wait, () => this.#save());
  }

  #saveNow() {
    if (!this.dirty || isElsewhere()) return;
    clearTimeout(this.#timer);
    this.#save();
  }

  async #save() {
    const text = this.field.value;
    // One that failed is repeated as it was: what was typed elsewhere since then is newer, and comes back as the answer.
    const version = this.failures ? this.known : this.#next();
    this.known = version;
    let failure;
    const answer = await this.#post(text, version).catch((error) => { failure = error; });
    if (!this.dirty || this.known < version) return; // sent meanwhile
    if (!answer) { this.#failed(failure); return; }
    if (answer.version > version) { this.#take(answer); return; }
    this.failures = 0;
    if (this.field.value === text) Object.assign(this, { dirty: false, kept: text });
    else this.dirtySince = Date.now();
    if (!this.dirty) this.#forget();
  }

  // Resolves to what is kept now; to nothing where it cannot be kept any more. Rejects when it is worth trying again.
  async #post(text, version) {
    const body = new FormData();
    body.append("text", text);
    body.append("version", version);
    const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
    const asked = { method: "POST", body, headers, keepalive: true, signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(this.room.url("half-typed/"), asked);
    await mindPace(response);
    if (response.status >= 500) throw new Error(`${response.status}`);
    if (!response.ok || response.redirected) return { text, version };
    const answer = await response.json();
    mindElsewhere(answer);
    return answer;
  }

  #failed(error) {
    this.#remember(true);
    this.#saveIn(pauseAfter(error, RETRY[Math.min(this.failures++, RETRY.length - 1)]));
  }

  // On this device ------------------------------------------------------------------------------------------------

  #remember(failed) {
    const { known: version, field: { value: text } } = this;
    kept.set(this.name, JSON.stringify({ text, version, failed }));
  }

  #remembered() {
    try { return JSON.parse(kept.get(this.name)); } catch { return null; }
  }

  #forget() { kept.remove(this.name); }
}
