// One field of a form, with its question in the page.

import { Pad } from "./document_signature.js";

const NUMBER = /^[+-]?(\d+[.,]?\d*|[.,]\d+|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(,\d{3})+\.\d+)$/; // as values.py reads it

export class DocumentField {
  #server = { text: null, problem: "" };

  // `data` is what the server says of it (forms.for_script); `changed` is called when somebody enters something.
  constructor(form, data, number, changed) {
    Object.assign(this, data, { number });
    this.question = form.querySelector(`[data-question="${number}"]`);
    if (!this.theirs) return;
    this.control = this.question.querySelector("[data-control]");
    this.inputs = [...this.control.querySelectorAll("input, select, textarea")];
    this.problemBox = this.question.querySelector("[data-problem-of]");
    this.inputs[0].removeAttribute("data-was");
    if (this.kind === "signature") this.pad = new Pad(this.question.querySelector("[data-pad]"), this.inputs[0], () => changed(this));
    else for (const input of this.inputs) input.addEventListener(input.matches("[type=radio], [type=checkbox], select") ? "change" : "input", () => changed(this));
  }

  get input() { return this.inputs[0]; }

  get text() {
    if (this.pad) return this.pad.text;
    if (this.kind === "checkbox") return this.input.checked ? "on" : "";
    if (this.kind === "radio") return this.inputs.find((one) => one.checked)?.value ?? "";
    return this.input.value;
  }

  set text(text) {
    if (this.pad) this.pad.text = text;
    else if (this.kind === "checkbox") this.input.checked = text === "on";
    else if (this.kind === "radio") for (const one of this.inputs) one.checked = one.value === text;
    else if (this.input.value !== text) this.input.value = text;
  }

  // What is wrong with it, in the server's words; empty if nothing is.
  check() {
    if (!this.text.trim()) return this.required ? this.missing : "";
    if (this.kind === "number" && !NUMBER.test(this.text.replace(/[\s'’]/g, ""))) return this.wrong;
    return this.#server.text === this.text ? this.#server.problem : "";
  }

  // The server's verdict on what it has.
  judged(text, problem) { this.#server = { text, problem }; }

  get problem() { return this.problemBox.textContent; }

  showProblem(problem) {
    if (this.problemBox.textContent !== problem) this.problemBox.textContent = problem;
    const marked = this.kind === "radio" ? [this.question.querySelector("fieldset")] : this.inputs;
    for (const one of marked) {
      if (problem) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
    this.control.classList.toggle("is-wrong", Boolean(problem));
  }

  // Where one goes on. A signature begins with the pad, not with the keyboard of the name.
  focus() {
    if (this.pad) this.question.tabIndex = -1;
    (this.pad ? this.question : this.inputs.find((one) => one.checked) ?? this.input).focus();
  }

  // As people read it; empty for nothing.
  shown(text, words) {
    if (!text.trim()) return "";
    if (this.kind === "checkbox") return text === "on" ? words.yes : words.no;
    if (this.kind === "signature") return nameIn(text) || words.drawn;
    return this.options.find(({ value }) => value === text)?.label ?? text;
  }
}

function nameIn(text) {
  try { return JSON.parse(text).name ?? ""; } catch { return ""; }
}
