// Signing: with a finger, a pen or the mouse, or by typing one's name.

import { draw, spelled } from "./document_lines.js";

const HEIGHT = 0.4; // of its width

export class Pad {
  // `name` is the input in which a name can be typed instead.
  constructor(root, name, changed) {
    Object.assign(this, { root, name, changed, lines: [], height: HEIGHT });
    this.canvas = root.querySelector("canvas");
    root.hidden = false;
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.canvas.addEventListener(kind, (event) => this[kind](event));
    }
    this.undo = root.querySelector("[data-pad-undo]");
    this.clear = root.querySelector("[data-pad-clear]");
    this.undo.addEventListener("click", () => this.#keep(this.lines.slice(0, -1)));
    this.clear.addEventListener("click", () => { name.value = ""; this.#keep([]); });
    name.addEventListener("input", () => { this.lines = []; this.show(); changed(); });
    new ResizeObserver(() => this.show()).observe(this.canvas); // also after a rotation
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(() => this.show()));
  }

  get text() {
    const name = this.name.value.trim();
    if (name) return JSON.stringify({ name });
    return this.lines.length ? spelled(this.lines, this.height) : "";
  }

  set text(text) {
    let said = {};
    try { said = JSON.parse(text) ?? {}; } catch { /* nothing yet */ }
    this.lines = Array.isArray(said.lines) ? said.lines : [];
    this.height = said.height ?? HEIGHT;
    if (this.name.value.trim() !== (said.name ?? "")) this.name.value = said.name ?? "";
    this.show();
  }

  // Drawing -------------------------------------------------------------------------------------------------------

  pointerdown(event) {
    if (!event.isPrimary || event.button > 0) return;
    event.preventDefault();
    if (event.isTrusted) this.canvas.setPointerCapture(event.pointerId);
    this.line = [this.#point(event)];
    this.name.value = "";
    this.lines = [...this.lines, this.line];
    this.show();
  }

  pointermove(event) {
    if (!this.line || !event.isPrimary) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) this.line.push(this.#point(one));
    this.show();
  }

  pointerup(event) {
    if (!this.line || !event.isPrimary) return;
    this.line = undefined;
    this.#keep(this.lines);
  }

  pointercancel(event) { this.pointerup(event); }

  #point({ clientX, clientY }) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const within = (number, most) => Math.min(most, Math.max(0, Number(number.toFixed(4))));
    return [within((clientX - left) / width, 1), within((clientY - top) / width, this.height)];
  }

  #keep(lines) {
    this.lines = lines;
    this.show();
    this.changed();
  }

  show() {
    const { canvas, lines, name } = this;
    const [width, sharp] = [canvas.clientWidth, devicePixelRatio || 1];
    this.undo.disabled = !lines.length;
    this.clear.disabled = !lines.length && !name.value;
    if (!width) return;
    canvas.style.setProperty("--pad-height", this.height);
    const size = [Math.round(width * sharp), Math.round(width * this.height * sharp)];
    if (canvas.width !== size[0]) canvas.width = size[0];
    if (canvas.height !== size[1]) canvas.height = size[1];
    const context = canvas.getContext("2d");
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, width, width * this.height);
    context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
    draw(context, lines, width);
    if (name.value.trim()) this.#write(context, name.value.trim(), width);
  }

  #write(context, text, width) {
    context.font = `italic ${width * 0.1}px cursive, serif`;
    context.textBaseline = "middle";
    context.fillText(text, width * 0.05, width * this.height * 0.55, width * 0.9);
  }
}
