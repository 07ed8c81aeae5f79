// Files on their way: at most two at once, each with its progress. What a drop of the connection stopped goes on by
// itself, under the same key, so that no file is there twice.

import { whileBusy } from "./busy.js";
import { startDrops } from "./drops.js";
import { newKey } from "./key.js";
import { csrfToken, pauseOf } from "./post.js";
import { UploadItem } from "./upload_item.js";

const AT_ONCE = 2;
const LONGEST = 600_000; // milliseconds for one file
const SILENCE = 30_000; // without any progress the connection is dead
const RETRY = [2_000, 5_000, 10_000, 20_000];

export function startUploads(room) {
  const input = room.part("file-input");
  const place = { form: room.part("file-form"), words: input.dataset, list: room.part("pending") };
  const uploads = new Uploads(room, place);
  input.multiple = true; // a plain form sends one at a time
  const take = () => {
    uploads.add(input.files);
    input.value = "";
  };
  room.life.on(input, "change", take);
  if (input.files.length) take(); // chosen before this script ran
  startDrops(room, (files) => uploads.add(files));
}

export class Uploads {
  // `place`: where files go (form), what is said of them (words: most, tooLarge), where they are shown (list).
  constructor(room, place) {
    Object.assign(this, { room, place, all: new Set() });
    const { life } = room;
    life.on(window, "online", () => this.#again());
    life.every(SILENCE / 3, () => this.#abortSilent());
    life.on(window, "beforeunload", (event) => { if (this.#unfinished() && !room.follower.leaving) event.preventDefault(); });
    life.atEnd(() => this.#under("sending", (one) => one.xhr.abort()));
    room.beforeLeaving(() => this.#settled());
  }

  add(files) {
    this.room.problem("");
    for (const file of files) this.#add(file);
    this.room.rows.toEnd();
    this.#pump();
  }

  #add(file) {
    const { most, tooLarge } = this.place.words;
    const item = new UploadItem(this.room.part("upload"), file.name, {
      cancel: () => this.#cancel(one),
      retry: () => this.#wait(one),
    });
    const one = { file, item, key: newKey(), state: "waiting", tries: 0 };
    this.all.add(one);
    this.place.list.append(item.element);
    if (file.size > Number(most)) this.#stopped(one, "refused", tooLarge.replace("{name}", file.name));
    else item.waits();
  }

  #pump() {
    const waiting = [...this.all].filter((one) => one.state === "waiting");
    for (const one of waiting.slice(0, AT_ONCE - this.#count("sending"))) this.#send(one);
    this.#tellBusy();
  }

  #send(one) {
    const xhr = one.xhr = new XMLHttpRequest();
    Object.assign(one, { state: "sending", heard: Date.now() });
    const body = new FormData();
    for (const [name, value] of Object.entries({ file: one.file, key: one.key, after: this.room.rows.last })) body.append(name, value);
    xhr.upload.addEventListener("progress", ({ loaded, total }) => { one.heard = Date.now(); one.item.sends(loaded / total); });
    xhr.upload.addEventListener("load", () => { one.heard = Infinity; one.item.finishes(); });
    for (const name of ["error", "timeout", "abort"]) xhr.addEventListener(name, () => this.#dropped(one));
    xhr.addEventListener("load", () => this.#answered(one));
    xhr.open("POST", this.place.form.action);
    xhr.timeout = LONGEST;
    xhr.setRequestHeader("Accept", "application/json");
    xhr.setRequestHeader("X-CSRFToken", csrfToken());
    xhr.send(body);
    one.item.sends(0);
  }

  #answered(one) {
    const { xhr } = one;
    const state = understood(xhr);
    if (state && xhr.status !== 429) this.room.take(state);
    if (state && xhr.status < 300 && !state.elsewhere) this.#remove(one);
    else if (xhr.status === 429) this.#dropped(one, pauseOf(xhr.getResponseHeader("Retry-After")), state?.problem);
    else if (state?.problem) this.#stopped(one, xhr.status < 500 ? "refused" : "failed", state.problem);
    else if (xhr.status === 413 || xhr.status === 400) this.#stopped(one, "refused", this.place.words.tooLarge.replace("{name}", one.file.name));
    else if (xhr.status >= 500) this.#dropped(one);
    else { this.#stopped(one, "failed"); this.room.catchUp(); } // signed out, or the link was revoked: asking tells
    this.#pump();
  }

  // It goes on by itself after a while: at least so many seconds, because of `why`.
  #dropped(one, seconds = 0, why = "") {
    if (!this.all.has(one) || this.room.life.over) return;
    one.state = "dropped";
    one.item.drops(why);
    one.timer = this.room.life.after(Math.max(RETRY[Math.min(one.tries++, RETRY.length - 1)], seconds * 1_000), () => this.#wait(one));
    this.room.catchUp(); // says whether there is a connection at all
    this.#pump();
  }

  #wait(one) {
    clearTimeout(one.timer);
    if (!["dropped", "failed"].includes(one.state)) return;
    one.state = "waiting";
    one.item.waits();
    this.#pump();
  }

  #again() { this.#under("dropped", (one) => this.#wait(one)); }

  #stopped(one, state, why = "") {
    one.state = state;
    one.item.stops(why, { again: state === "failed" });
  }

  #cancel(one) {
    this.#remove(one);
    one.xhr?.abort();
    this.#pump();
  }

  #remove(one) {
    clearTimeout(one.timer);
    this.all.delete(one);
    one.item.element.remove();
  }

  #abortSilent() {
    this.#under("sending", (one) => { if (Date.now() - one.heard > SILENCE) one.xhr.abort(); });
  }

  #under(state, act) { [...this.all].filter((one) => one.state === state).forEach(act); }
  #count(...states) { return [...this.all].filter((one) => states.includes(one.state)).length; }
  #unfinished() { return this.#count("waiting", "sending", "dropped", "failed") > 0; }

  // A customer who adds files is in the middle of something.
  #tellBusy() {
    const sending = this.#count("sending") > 0 && this.room.page.side === "customer";
    if (sending) this.notBusy ??= whileBusy(this.room);
    else { this.notBusy?.(); this.notBusy = undefined; }
  }

  async #settled() {
    while (this.#count("sending", "waiting")) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function understood(xhr) {
  if (!xhr.getResponseHeader("content-type")?.startsWith("application/json")) return null;
  try { return JSON.parse(xhr.responseText); } catch { return null; }
}
