// The pictures of the pages with the boxes of the fields on them: drawn, moved and resized by mouse, pen and keyboard.

import { moved, resized, snap, spanned } from "./admin_layout_geometry.js";

const SIDES = ["top left", "top", "top right", "left", "right", "bottom left", "bottom", "bottom right"];
const CLICK = 4; // pixels that a hand shakes
const REACH = 5; // pixels from which a box moves into line

export class Pages {
  // `tool()` is the kind of new fields; `opened(key)` shows the settings of one; `say(text)` tells a screen reader.
  constructor(root, layout, { tool, opened, say, words, smallest }) {
    Object.assign(this, { root, layout, tool, opened, say, words, smallest });
    this.boxes = new Map();
    this.drags = 0;
    this.elements = layout.pages.map((page, number) => this.#page(page, number));
    root.replaceChildren(...this.elements);
  }

  // Bring the boxes up to date.
  draw() {
    const there = new Set();
    this.layout.fields.forEach((field, order) => field.places.forEach((place, index) => {
      const id = `${field.key} ${index}`;
      there.add(id);
      this.#draw(this.boxes.get(id) ?? this.#box(id), field, place, index, order);
    }));
    for (const [id, box] of this.boxes) if (!there.has(id)) { box.remove(); this.boxes.delete(id); }
    this.#inOrder();
  }

  focus(key, index = 0) { this.boxes.get(`${key} ${index}`)?.focus({ preventScroll: true }); }
  show(key, index = 0) { this.boxes.get(`${key} ${index}`)?.scrollIntoView({ block: "nearest" }); }

  // The page that fills most of the window, and the middle of what is seen of it, in points.
  inView() {
    const pane = this.root.getBoundingClientRect();
    const seen = this.elements.map((element) => {
      const at = element.getBoundingClientRect();
      const [top, bottom] = [Math.max(at.top, pane.top, 0), Math.min(at.bottom, pane.bottom, innerHeight)];
      return { height: bottom - top, middle: (top + bottom) / 2 };
    });
    const page = seen.reduce((best, one, number) => (one.height > seen[best].height ? number : best), 0);
    const at = this.elements[page].getBoundingClientRect();
    const middle = seen[page].height > 0 ? seen[page].middle : at.top + at.height / 2;
    return { page, middle: this.#point(page, at.left + at.width / 2, middle) };
  }

  #page({ width, height, picture }, number) {
    const element = document.createElement("div");
    element.className = "layout-page";
    element.dataset.page = number;
    element.style.aspectRatio = `${width} / ${height}`;
    element.style.setProperty("--points", width);
    const image = document.createElement("img");
    Object.assign(image, { src: picture, alt: this.words.page.replace("%d", number + 1), draggable: false, loading: number < 2 ? "eager" : "lazy" });
    element.append(image);
    element.addEventListener("pointerover", (event) => { element.dataset.pointer = event.pointerType; });
    element.addEventListener("pointerdown", (event) => this.#start(event, number));
    return element;
  }

  #box(id) {
    const box = document.createElement("div");
    box.className = "layout-box";
    box.tabIndex = 0;
    box.setAttribute("role", "button");
    const name = document.createElement("span");
    name.className = "layout-box-name";
    box.append(name, ...SIDES.map((side) => {
      const handle = document.createElement("span");
      handle.className = `layout-handle is-${side.replace(" ", "-")}`;
      handle.dataset.sides = side;
      return handle;
    }));
    const [key, index] = id.split(" ");
    box.dataset.key = key;
    box.addEventListener("focus", () => this.layout.select(key, Number(index)));
    box.addEventListener("keydown", (event) => this.#key(event, key, Number(index)));
    box.addEventListener("dblclick", () => this.opened(key));
    this.boxes.set(id, box);
    return box;
  }

  #draw(box, field, place, index, order) {
    const page = this.layout.pages[place.page];
    const parent = this.elements[place.page];
    const { key, place: at } = this.layout.selected;
    const isSelected = key === field.key && at === index;
    const look = JSON.stringify([place, field.label, field.kind, field.options, order, isSelected, key === field.key]);
    if (box.dataset.look === look) return; // there may be a thousand of them
    box.dataset.look = look;
    if (box.parentElement !== parent) parent.append(box);
    box.style.left = `${(place.left / page.width) * 100}%`;
    box.style.top = `${((page.height - place.top) / page.height) * 100}%`;
    box.style.width = `${((place.right - place.left) / page.width) * 100}%`;
    box.style.height = `${((place.top - place.bottom) / page.height) * 100}%`;
    box.classList.toggle("is-selected", isSelected);
    box.classList.toggle("is-sibling", key === field.key && !isSelected);
    box.classList.toggle("is-fixed", field.in_form);
    box.setAttribute("aria-pressed", String(isSelected));
    const option = field.options.find((one) => one.value === place.option)?.label;
    const label = [field.label || this.layout.kinds[field.kind], option].filter(Boolean).join(": ");
    box.setAttribute("aria-label", `${order + 1}. ${label}`);
    box.firstElementChild.textContent = `${order + 1} ${label}`;
    box.dataset.order = order;
  }

  // The Tab key goes through the boxes of a page in the order of the fields. Moving one would take its focus away.
  #inOrder() {
    for (const page of this.elements) {
      const boxes = [...page.querySelectorAll(".layout-box")];
      const sorted = [...boxes].sort((one, other) => one.dataset.order - other.dataset.order);
      if (sorted.every((box, at) => box === boxes[at])) continue;
      const focused = document.activeElement;
      page.append(...sorted);
      if (page.contains(focused)) focused.focus({ preventScroll: true });
    }
  }

  #point(number, x, y) {
    const { width, height } = this.layout.pages[number];
    const at = this.elements[number].getBoundingClientRect();
    return { x: ((x - at.left) / at.width) * width, y: height - ((y - at.top) / at.height) * height };
  }

  #others(number, except) {
    return this.layout.fields.flatMap((field) => field.places.filter((place) => place.page === number && place !== except));
  }

  // Pointer ---------------------------------------------------------------------------------------------------------

  #start(event, number) {
    if (event.button !== 0 || !event.isPrimary) return;
    const box = event.target.closest(".layout-box");
    if (!box && event.pointerType === "touch") return; // a finger scrolls
    event.preventDefault();
    const drag = { number, from: [event.clientX, event.clientY], at: this.#point(number, event.clientX, event.clientY), name: `drag ${++this.drags}` };
    if (box) this.#grab(drag, box, event.target.dataset.sides);
    else this.layout.select(null);
    this.#follow(event, drag);
  }

  #grab(drag, box, sides) {
    const [id] = [...this.boxes].find(([, one]) => one === box);
    const [key, index] = id.split(" ");
    box.focus({ preventScroll: true });
    this.layout.select(key, Number(index));
    const field = this.layout.found(key);
    Object.assign(drag, { key, index: Number(index), isFixed: field.in_form, sides: sides?.split(" "), original: { ...field.places[index] } });
  }

  #follow(event, drag) {
    const page = this.elements[drag.number];
    const stop = new AbortController();
    const options = { signal: stop.signal };
    page.setPointerCapture(event.pointerId);
    page.addEventListener("pointermove", (move) => this.#move(move, drag), options);
    page.addEventListener("pointerup", (up) => { stop.abort(); this.#end(up, drag); }, options);
    page.addEventListener("pointercancel", () => { stop.abort(); this.#clear(); }, options);
  }

  #move(event, drag) {
    const [x, y] = drag.from;
    drag.isMoving ||= Math.hypot(event.clientX - x, event.clientY - y) >= CLICK;
    if (!drag.isMoving || drag.isFixed) return;
    const to = this.#point(drag.number, event.clientX, event.clientY);
    if (drag.key) this.layout.place(drag.key, drag.index, this.#dragged(event, drag, to), drag.name);
    else drag.box = this.#spanned(event, drag, to);
  }

  #dragged(event, drag, to) {
    const page = this.layout.pages[drag.number];
    const [right, up] = [to.x - drag.at.x, to.y - drag.at.y];
    const others = this.#others(drag.number, this.layout.found(drag.key).places[drag.index]);
    if (!drag.sides) {
      const box = moved(drag.original, right, up, page);
      const by = this.#snapped(event, drag.number, box, ["left", "right", "bottom", "top"], others);
      return moved(box, by.x, by.y, page);
    }
    const shifted = (box, x, y) => Object.fromEntries(drag.sides.map((side) => [side, box[side] + (side === "left" || side === "right" ? x : y)]));
    const box = { ...drag.original, ...shifted(drag.original, right, up) };
    const by = this.#snapped(event, drag.number, box, drag.sides, others);
    return resized(drag.original, shifted(box, by.x, by.y), page, this.smallest);
  }

  #spanned(event, drag, to) {
    const page = this.layout.pages[drag.number];
    const by = this.#snapped(event, drag.number, { left: to.x, bottom: to.y }, ["left", "bottom"], this.#others(drag.number));
    const box = spanned(drag.at, { x: to.x + by.x, y: to.y + by.y }, page);
    this.#ghost(drag.number, box);
    return box;
  }

  #snapped(event, number, box, sides, others) {
    const points = this.layout.pages[number].width / this.elements[number].clientWidth;
    const by = event.altKey ? { x: 0, y: 0, lines: { x: null, y: null } } : snap(box, sides, others, REACH * points);
    this.#lines(number, by.lines);
    return by;
  }

  #end(event, drag) {
    this.#clear();
    const { box } = drag;
    if (box && box.right - box.left >= this.smallest && box.top - box.bottom >= this.smallest) {
      const field = this.layout.add(this.tool(), drag.number, box);
      if (field) this.opened(field.key);
      else this.say(this.words.enough);
    }
  }

  #ghost(number, box) {
    const page = this.layout.pages[number];
    this.ghost ??= Object.assign(document.createElement("div"), { className: "layout-ghost" });
    this.elements[number].append(this.ghost);
    Object.assign(this.ghost.style, {
      left: `${(box.left / page.width) * 100}%`,
      top: `${((page.height - box.top) / page.height) * 100}%`,
      width: `${((box.right - box.left) / page.width) * 100}%`,
      height: `${((box.top - box.bottom) / page.height) * 100}%`,
    });
  }

  #lines(number, { x, y }) {
    const page = this.layout.pages[number];
    this.guides ??= ["x", "y"].map((axis) => Object.assign(document.createElement("div"), { className: `layout-guide is-${axis}` }));
    this.elements[number].append(...this.guides);
    this.guides[0].hidden = x === null;
    this.guides[1].hidden = y === null;
    if (x !== null) this.guides[0].style.left = `${(x / page.width) * 100}%`;
    if (y !== null) this.guides[1].style.top = `${((page.height - y) / page.height) * 100}%`;
  }

  #clear() {
    this.ghost?.remove();
    for (const guide of this.guides ?? []) guide.remove();
  }

  // Keyboard --------------------------------------------------------------------------------------------------------

  #key(event, key, index) {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.opened(key); return; }
    if (event.key === "Escape") { event.currentTarget.blur(); this.layout.select(null); return; }
    const field = this.layout.found(key);
    if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); this.#remove(field, index); return; }
    const step = event.ctrlKey || event.metaKey ? 10 : 1;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (!by) return;
    event.preventDefault();
    if (field.in_form) { this.say(this.words.fixed); return; }
    const place = field.places[index];
    const page = this.layout.pages[place.page];
    const sides = { right: place.right + by[0], bottom: place.bottom + by[1] };
    const box = event.shiftKey ? resized(place, sides, page, this.smallest) : moved(place, ...by, page);
    this.layout.place(key, index, box, `keys ${key} ${index}`);
    this.show(key, index);
    this.say([box.left, page.height - box.top, box.right - box.left, box.top - box.bottom].map(Math.round)
      .reduce((text, number) => text.replace("%d", number), this.words.at));
  }

  #remove(field, index) {
    if (field.in_form) { this.say(this.words.fixed); return; }
    const boxes = [...this.root.querySelectorAll(".layout-box")];
    const at = boxes.indexOf(this.boxes.get(`${field.key} ${index}`));
    this.layout.removePlace(field.key, index);
    const left = [...this.root.querySelectorAll(".layout-box")];
    (left[at] ?? left.at(-1) ?? this.root).focus({ preventScroll: true });
  }
}
