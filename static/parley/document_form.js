// A form that is being completed: its fields, the three ways to look at them, and what happens to the session meanwhile.

import { reportBusy } from "./busy.js";
import { serverNow } from "./clock.js";
import { DocumentField } from "./document_field.js";
import { Questions } from "./document_questions.js";
import { Review } from "./document_review.js";
import { Sheets } from "./document_sheets.js";
import { DocumentStore } from "./document_store.js";
import { startSubmit } from "./document_submit.js";

export function startForm(room) { return new DocumentForm(room); }

class DocumentForm {
  constructor(room) {
    this.room = room;
    this.words = document.getElementById("document-words").dataset;
    this.pages = room.document.pages;
    this.form = this.part("form");
    this.until = room.document.until;
    this.every = room.document.fields.map((data, number) => new DocumentField(this.form, data, number, (field) => this.#changed(field)));
    this.fields = this.every.filter((field) => field.theirs);
    this.visited = new Set();
    this.store = new DocumentStore(room);
    for (const field of this.fields) field.text = this.store.text(field.name);
    this.questions = new Questions(this);
    this.sheets = new Sheets(this, this.every.filter((field) => !field.theirs));
    this.review = new Review(this, this.every);
    startSubmit(this);
    this.#listen();
    this.#judge(room.document);
    this.#showProgress();
    this.moveTo(this.#begin());
    this.show(this.fields.length ? this.#firstView() : "review", { at: "once" });
    this.store.begin();
  }

  part(name) { return this.room.part(name); }

  // Views -----------------------------------------------------------------------------------------------------------

  show(view, { at = "" } = {}) {
    if (this.view === "page") this.sheets.hide();
    this.view = this.form.dataset.view = view;
    this.store.place(view === "review" ? { review: true } : { review: false, view });
    const is = (...views) => views.includes(view);
    for (const [name, shown] of Object.entries({ pages: is("page"), fields: is("one"), steps: is("one", "page"), review: is("review"), submit: is("review") && !this.frozen })) this.part(name).hidden = !shown;
    for (const button of this.part("bar").querySelectorAll("[data-shows]")) button.setAttribute("aria-pressed", String(button.dataset.shows === view));
    if (!is("one")) { this.part("cutout").hidden = this.part("read").hidden = true; this.part("place").textContent = ""; }
    if (is("one")) this.questions.show();
    if (is("page")) {
      this.questions.steps();
      this.sheets.show();
      this.#showProblems();
      if (!at) this.sheets.focus(this.current);
    }
    if (is("review")) {
      this.review.show({ readOnly: this.frozen });
      if (at !== "once") { scrollTo({ top: 0 }); this.part("review").focus({ preventScroll: true }); }
    }
  }

  // The page of paper, from its top.
  read(number) {
    this.show("page", { at: "top" });
    this.sheets.read(number);
  }

  moveTo(field) {
    this.current = field;
    if (field) this.store.place({ at: field.name });
  }

  // Somebody is done with this field for now.
  leave(field) {
    this.visited.add(field);
    field.showProblem(field.text.trim() || this.view === "one" ? field.check() : "");
    this.store.flush();
  }

  #firstView() {
    const { review, view } = this.store.kept;
    if (review || this.isThrough) return "review";
    return view === "page" ? "page" : "one";
  }

  // Where it was: on this device; else after the field that was filled in last; else at the first.
  #begin() {
    const here = this.fields.find((field) => field.name === this.store.kept.at);
    if (here) return here;
    const version = (field) => this.store.values.get(field.name)?.version ?? 0;
    const typed = this.fields.filter((field) => version(field) > this.room.document.sent);
    const last = typed.reduce((one, other) => (one && version(one) > version(other) ? one : other), undefined);
    this.isThrough = last === this.fields.at(-1);
    return this.fields[Math.min(this.fields.indexOf(last) + 1, this.fields.length - 1)];
  }

  // What happens ----------------------------------------------------------------------------------------------------

  #listen() {
    const { form, room, store } = this;
    form.addEventListener("focusout", ({ target, relatedTarget }) => {
      const field = this.#fieldOf(target);
      if (field && this.view !== "review" && !this.part("steps").contains(relatedTarget)) this.leave(field);
    });
    form.addEventListener("focusin", ({ target }) => {
      const field = this.#fieldOf(target);
      if (field && this.view === "page") this.moveTo(field);
    });
    this.part("bar").addEventListener("click", ({ target }) => {
      const view = target.closest("[data-shows]")?.dataset.shows;
      if (view) this.show(view);
    });
    const on = (name, act) => store.addEventListener(name, ({ detail }) => act(detail));
    on("status", (status) => this.#showStatus(status));
    on("taken", (name) => this.#taken(name));
    on("answer", (answer) => { this.#judge(answer); this.#showProgress(); });
    on("refused", (problem) => { this.room.problem(problem); this.#end(); });
    room.on("state", (state) => {
      this.until = state.until;
      if (room.isOutdated() || this.frozen) this.#end();
    });
    room.life.every(1_000, () => { if (this.until && serverNow() >= this.until && !this.room.page.open) this.#freeze(); });
  }

  #fieldOf(target) { return this.fields.find((field) => field.inputs.includes(target)); }

  #changed(field) {
    this.store.set(field.name, field.text);
    if (field.control.classList.contains("is-wrong")) field.showProblem(field.check());
    if (this.view === "page") this.sheets.refresh();
    this.#showProgress();
    reportBusy(this.room);
  }

  #taken(name) {
    const field = this.every.find((one) => one.name === name);
    if (field?.theirs) field.text = this.store.text(name);
    if (this.view === "page") this.sheets.refresh();
    if (this.view === "review") this.review.show({ readOnly: this.frozen });
  }

  #judge({ values, problems }) {
    for (const field of this.fields) field.judged(values[field.name]?.[0] ?? "", problems[field.name] ?? "");
    this.#showProblems();
  }

  // Only of fields that somebody has been at.
  #showProblems() {
    for (const field of this.visited) if (field.text.trim()) field.showProblem(field.check());
  }

  #showProgress() {
    const filled = this.fields.filter((field) => field.text.trim()).length;
    this.part("progress").value = filled;
    this.part("filled").textContent = this.words.filled.replace("{filled}", filled).replace("{all}", this.fields.length);
  }

  #showStatus(status) {
    const box = this.part("saved");
    if (status === "saving" && box.dataset.status === "unsaved") return; // one more attempt: still not saved
    if (box.dataset.status === undefined && status === "saved") return;
    if (box.dataset.status !== status) box.textContent = this.words[status];
    box.dataset.status = status;
  }

  // The time for it is over: nothing can be entered any more, whatever the connection.
  #freeze() {
    if (this.frozen) return;
    this.frozen = true;
    this.part("frozen").hidden = false;
    this.part("bar").hidden = true;
    this.show("review");
    this.#end();
  }

  // Something else is to be seen here. What is not saved is sent first: it is then kept as a draft.
  async #end() {
    if (this.ending) return;
    this.ending = true;
    if (!this.room.page.completes && !this.room.page.open) this.#freeze();
    await this.store.flush();
    this.ending = false;
    if (!this.store.unsaved.size && (await this.#isReachable())) location.reload();
  }

  async #isReachable() {
    const answer = await fetch(this.room.documentUrl("values/"), { headers: { Accept: "application/json" } }).catch(() => null);
    return Boolean(answer) && answer.status < 500;
  }
}
