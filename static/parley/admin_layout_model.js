// The fields that are being laid out: what is there, what is selected, and what can be undone. No page.

import { placed } from "./admin_layout_geometry.js";

const MOST_UNDONE = 200;
const SIZES = { text: [200, 20], multiline: [260, 60], number: [100, 20], date: [100, 20], checkbox: [14, 14], radio: [14, 14], choice: [160, 20], signature: [200, 50] };

export const withOptions = (field) => field.kind === "radio" || field.kind === "choice";

let keys = 0;
const newKey = () => `k${++keys}`;

export class Layout {
  // `told` is what the server says of the version; `changed` is called after everything that happens here.
  constructor(told, changed) {
    Object.assign(this, { pages: told.pages, prefills: told.prefills, kinds: told.kinds, most: told.most, changed });
    this.fields = told.fields.map((field) => ({ ...field, key: newKey() }));
    this.selected = { key: null, place: 0 };
    this.undone = [];
    this.done = [];
    this.last = "";
    this.saved = JSON.stringify(this.fields);
  }

  get isChanged() { return JSON.stringify(this.fields) !== this.saved; }
  get field() { return this.found(this.selected.key); }
  found(key) { return this.fields.find((field) => field.key === key); }

  select(key, place = 0) {
    if (this.selected.key === key && this.selected.place === place) return;
    this.selected = { key, place };
    this.changed();
  }

  // Do something that can be undone. Steps in a row that have the same name count as one, such as those of a drag.
  step(name, what) {
    if (!name || name !== this.last) {
      this.done.push(JSON.stringify(this.fields));
      if (this.done.length > MOST_UNDONE) this.done.shift();
    }
    this.last = name;
    this.undone = [];
    what();
    this.changed();
  }

  undo() { this.#back(this.done, this.undone); }
  redo() { this.#back(this.undone, this.done); }

  #back(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify(this.fields));
    this.fields = JSON.parse(from.pop());
    this.last = "";
    if (!this.field) this.selected = { key: null, place: 0 };
    this.changed();
  }

  // A new field; without a box one of the usual size in the middle of what is seen of the page.
  add(kind, page, box, middle) {
    if (this.fields.length >= this.most) return null;
    const [width, height] = SIZES[kind];
    const at = middle ?? { x: this.pages[page].width / 2, y: this.pages[page].height / 2 };
    const place = { page, option: "", ...(box ?? placed(at.x - width / 2, at.y + height / 2, width, height, this.pages[page])) };
    const field = { key: newKey(), name: "", kind, label: "", help: "", required: false, by: "customer", prefill: "", options: [], places: [place], in_form: false };
    this.step("", () => {
      this.fields.push(field);
      this.#fit(field);
      this.selected = { key: field.key, place: 0 };
    });
    return field;
  }

  remove(key) {
    this.step("", () => { this.fields = this.fields.filter((field) => field.key !== key || field.in_form); });
  }

  // Take away one box: of a radio with more than two that option, otherwise the whole field.
  removePlace(key, place) {
    const field = this.found(key);
    if (!field || field.in_form) return;
    if (field.kind === "radio" && field.options.length > 2) this.removeOption(key, field.places[place].option);
    else this.remove(key);
  }

  place(key, index, box, name) {
    this.step(name, () => Object.assign(this.found(key).places[index], box));
  }

  set(key, name, value) {
    this.step(`${key} ${name}`, () => {
      const field = this.found(key);
      if (name === "page") for (const place of field.places) this.#toPage(place, value);
      else field[name] = value;
      if (name === "kind") this.#fit(field);
    });
  }

  // To another place in the order in which fields are filled in.
  reorder(key, to) {
    const from = this.fields.findIndex((field) => field.key === key);
    if (to < 0 || to >= this.fields.length || to === from) return;
    this.step("", () => this.fields.splice(to, 0, ...this.fields.splice(from, 1)));
  }

  addOption(key) {
    this.step("", () => this.#newOption(this.found(key)));
  }

  setOption(key, value, label) {
    this.step(`${key} option ${value}`, () => { this.found(key).options.find((one) => one.value === value).label = label; });
  }

  removeOption(key, value) {
    this.step("", () => {
      const field = this.found(key);
      field.options = field.options.filter((one) => one.value !== value);
      if (field.kind === "radio") field.places = field.places.filter((one) => one.option !== value);
      this.selected = { key, place: 0 };
    });
  }

  // As the server takes it.
  posted() {
    return this.fields.map(({ key, ...field }) => field);
  }

  // What does not go with the kind of a field goes away, and what it needs is made.
  #fit(field) {
    if (!this.prefills[field.kind].includes(field.prefill)) field.prefill = "";
    if (field.kind === "signature") field.by = "customer";
    if (!withOptions(field)) field.options = [];
    while (withOptions(field) && field.options.length < 2) this.#newOption(field, field.options.length === 0);
    if (field.kind !== "radio") field.places = [{ ...field.places[0], option: "" }];
    else if (field.places.length < field.options.length) this.#boxes(field);
  }

  #newOption(field, takesFirstBox = false) {
    const number = field.options.length + 1;
    const option = { value: `new-${newKey()}`, label: `Option ${number}` };
    field.options.push(option);
    if (field.kind !== "radio") return;
    if (takesFirstBox) field.places[0].option = option.value;
    else field.places.push(this.#below(field.places.at(-1), option.value));
  }

  // A field that becomes a radio: a box for each option, one below the other.
  #boxes(field) {
    const first = { ...field.places[0], ...this.#square(field.places[0]), option: field.options[0].value };
    field.places = [first];
    for (const option of field.options.slice(1)) field.places.push(this.#below(field.places.at(-1), option.value));
  }

  #square(place) {
    const side = Math.min(place.right - place.left, place.top - place.bottom, 14);
    return { right: place.left + side, bottom: place.top - side };
  }

  // The place for a box of the same size below another one, or beside it at the foot of the page.
  #below(place, option) {
    const [width, height] = [place.right - place.left, place.top - place.bottom];
    const page = this.pages[place.page];
    const fits = place.bottom - 6 - height >= 0;
    const box = fits ? placed(place.left, place.bottom - 6, width, height, page) : placed(place.right + 6, place.top, width, height, page);
    return { page: place.page, ...box, option };
  }

  #toPage(place, page) {
    const [width, height] = [place.right - place.left, place.top - place.bottom];
    Object.assign(place, { page }, placed(place.left, place.top, width, height, this.pages[page]));
  }
}
