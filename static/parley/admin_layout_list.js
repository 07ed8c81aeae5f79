// The list of fields beside the pages: their order, and the settings of the one that is selected.

import { withOptions } from "./admin_layout_model.js";

const WITH_LENGTH = ["text", "multiline"];
const part = (element, name) => element.querySelector(`[data-part="${name}"]`);

// Give an element a value, unless somebody is typing it right now.
function show(element, value) {
  if (element.type === "checkbox") element.checked = value;
  else if (element.value !== String(value)) element.value = value;
}

export class List {
  // `showBox(key)` scrolls to a field on its page.
  constructor(root, layout, { showBox, longest }) {
    Object.assign(this, { root, layout, showBox, longest });
    this.items = new Map();
    this.problems = new Map();
    this.#letDrag();
  }

  draw() {
    const { fields, selected } = this.layout;
    const wanted = fields.map((field) => this.items.get(field.key) ?? this.#item(field.key));
    for (const [key, item] of this.items) if (!this.layout.found(key)) { item.remove(); this.items.delete(key); }
    wanted.forEach((item, at) => { if (this.root.children[at] !== item) this.#put(item, at); });
    fields.forEach((field, at) => this.#draw(this.items.get(field.key), field, at, field.key === selected.key));
  }

  // Show the settings of a field and go to its label.
  open(key) {
    this.layout.select(key);
    const label = this.items.get(key).querySelector("[data-field=label]");
    label.focus();
    label.select();
  }

  // What the server says of fields, by key. They are told until the field is changed.
  tell(problems) {
    this.problems = problems;
    this.draw();
  }

  #put(item, at) {
    const focused = document.activeElement;
    this.root.insertBefore(item, this.root.children[at] ?? null);
    if (item.contains(focused)) focused.focus({ preventScroll: true });
  }

  #item(key) {
    const item = document.getElementById("layout-item").content.firstElementChild.cloneNode(true);
    item.dataset.key = key;
    const { layout } = this;
    const head = part(item, "open");
    head.addEventListener("click", () => {
      layout.select(layout.selected.key === key ? null : key);
      this.showBox(key);
    });
    for (const input of item.querySelectorAll("[data-field]")) {
      const isTyped = input.matches("textarea, input:not([type=checkbox])");
      input.addEventListener(isTyped ? "input" : "change", () => this.#typed(key, input));
      if (isTyped) input.addEventListener("change", () => { layout.last = ""; });
    }
    item.addEventListener("click", (event) => this.#pressed(event, key));
    this.items.set(key, item);
    return item;
  }

  #typed(key, input) {
    const name = input.dataset.field;
    const isNumber = name === "longest" || name === "page";
    const value = input.type === "checkbox" ? input.checked : isNumber ? Number(input.value) : input.value;
    this.problems.delete(key);
    this.layout.set(key, name, value);
  }

  #pressed(event, key) {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const { layout } = this;
    const at = layout.fields.findIndex((field) => field.key === key);
    const act = {
      up: () => layout.reorder(key, at - 1),
      down: () => layout.reorder(key, at + 1),
      delete: () => this.#delete(key, at),
      "add-option": () => this.#addOption(key),
      "remove-option": () => layout.removeOption(key, button.closest("li").dataset.value),
    }[button.dataset.do];
    act();
    if (button.isConnected && button.disabled) this.items.get(key)?.querySelector("[data-part=open]").focus();
  }

  #delete(key, at) {
    this.layout.remove(key);
    const next = this.layout.fields[Math.min(at, this.layout.fields.length - 1)];
    if (next) this.items.get(next.key).querySelector("[data-part=open]").focus();
  }

  #addOption(key) {
    this.layout.addOption(key);
    const inputs = part(this.items.get(key), "option-list").querySelectorAll("input");
    inputs[inputs.length - 1].select();
  }

  #draw(item, field, at, isOpen) {
    const look = JSON.stringify([at, this.layout.fields.length, field.label, field.kind, isOpen, this.problems.get(field.key)]);
    if (item.dataset.look === look && !isOpen) return; // there may be a thousand of them
    item.dataset.look = look;
    part(item, "number").textContent = at + 1;
    part(item, "title").textContent = field.label || part(item, "title").dataset.none;
    part(item, "kind").textContent = this.layout.kinds[field.kind];
    part(item, "open").setAttribute("aria-expanded", String(isOpen));
    item.classList.toggle("is-open", isOpen);
    if (isOpen && part(item, "form").hidden) requestAnimationFrame(() => item.scrollIntoView({ block: "nearest" }));
    part(item, "form").hidden = !isOpen;
    item.querySelector("[data-do=up]").disabled = at === 0;
    item.querySelector("[data-do=down]").disabled = at === this.layout.fields.length - 1;
    this.#tell(item, this.problems.get(field.key) ?? []);
    if (isOpen) this.#form(item, field);
  }

  #form(item, field) {
    for (const input of item.querySelectorAll("[data-field]")) {
      const name = input.dataset.field;
      if (name === "prefill") this.#prefills(input, field);
      if (name === "longest") show(input, field.longest && field.longest < this.longest ? field.longest : "");
      else if (name === "page") this.#pages(input, field);
      else show(input, field[name]);
      const isOfForm = field.in_form && (name === "kind" || name === "longest" || name === "page");
      const applies = { longest: WITH_LENGTH.includes(field.kind), page: this.layout.pages.length > 1, by: field.kind !== "signature" };
      applies.prefill = input.dataset.field !== "prefill" || input.options.length > 1;
      input.disabled = isOfForm;
      input.closest("label").hidden = applies[name] === false;
    }
    part(item, "of-form").hidden = !field.in_form;
    item.querySelector("[data-do=delete]").hidden = field.in_form;
    this.#options(item, field);
  }

  #prefills(select, field) {
    const allowed = this.layout.prefills[field.kind];
    for (const option of select.querySelectorAll("option")) {
      if (!allowed.includes(option.value) && option.value !== field.prefill) option.remove();
    }
    const template = document.getElementById("layout-item").content.querySelector("[data-field=prefill]");
    for (const option of template.options) {
      const isThere = [...select.options].some((one) => one.value === option.value);
      if (allowed.includes(option.value) && !isThere) select.append(option.cloneNode(true));
    }
  }

  #pages(select, field) {
    if (!select.options.length) select.append(...this.layout.pages.map((page, number) => new Option(number + 1, number)));
    show(select, field.places[0]?.page ?? 0);
  }

  #options(item, field) {
    const all = part(item, "options");
    all.hidden = !withOptions(field);
    all.querySelector("[data-do=add-option]").hidden = field.in_form;
    const list = part(item, "option-list");
    const wanted = field.options.map((option, at) => {
      const row = [...list.children].find((one) => one.dataset.value === option.value) ?? this.#option(field.key, option.value);
      const input = row.querySelector("input");
      input.setAttribute("aria-label", input.dataset.words.replace("%d", at + 1));
      show(input, option.label);
      const remove = row.querySelector("button");
      remove.setAttribute("aria-label", remove.dataset.words.replace("%s", option.label));
      remove.hidden = field.in_form || field.options.length <= 2;
      return row;
    });
    if (wanted.length !== list.children.length || wanted.some((row, at) => list.children[at] !== row)) list.replaceChildren(...wanted);
  }

  #option(key, value) {
    const row = document.getElementById("layout-option").content.firstElementChild.cloneNode(true);
    row.dataset.value = value;
    row.querySelector("input").addEventListener("input", (event) => {
      this.problems.delete(key);
      this.layout.setOption(key, value, event.target.value);
    });
    return row;
  }

  #tell(item, texts) {
    const list = part(item, "problems");
    item.classList.toggle("is-wrong", texts.length > 0);
    if ([...list.children].map((one) => one.textContent).join() === texts.join()) return;
    list.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  }

  // Order by dragging: the buttons do the same.
  #letDrag() {
    let dragged = null;
    const over = (event) => event.target.closest("li[data-key]");
    this.root.addEventListener("dragstart", (event) => {
      dragged = over(event);
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    this.root.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      for (const item of this.items.values()) item.classList.toggle("is-target", item === over(event));
    });
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      const to = this.layout.fields.findIndex((field) => field.key === over(event)?.dataset.key);
      if (dragged && to >= 0) this.layout.reorder(dragged.dataset.key, to);
    });
    this.root.addEventListener("dragend", () => {
      dragged = null;
      for (const item of this.items.values()) item.classList.remove("is-target");
    });
  }
}
