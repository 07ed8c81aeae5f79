// The whole page: its picture with every field at its place. The inputs are those of the questions, moved here meanwhile.

export class Sheets {
  // `page` as in document_questions.js; `given` are the fields that the agent filled in.
  constructor(page, given) {
    Object.assign(this, { page, given, moved: [], marks: [] });
    this.box = page.part("pages");
  }

  show() {
    if (!this.sheets) this.#build();
    for (const field of this.page.fields) this.#move(field);
    this.refresh();
  }

  hide() {
    for (const { element, home, labelled } of this.moved) {
      home.replaceWith(element);
      for (const one of labelled) one.removeAttribute("aria-label");
    }
    for (const mark of this.marks) mark.remove();
    this.moved = [];
    this.marks = [];
  }

  // What stands in boxes that hold no input of their own.
  refresh() {
    for (const mark of this.marks) mark.fill?.();
  }

  focus(field) {
    const target = field.pad ? this.marks.find((mark) => mark.field === field) : field.input;
    target?.scrollIntoView({ block: "center", inline: "nearest" });
    target?.focus({ preventScroll: true });
  }

  // To read a page; nothing is typed yet, so no keyboard covers it.
  read(number) {
    this.sheets[number].tabIndex = -1;
    this.sheets[number].scrollIntoView({ block: "start", inline: "start" });
    this.sheets[number].focus({ preventScroll: true });
  }

  #build() {
    const { page, page: { pages, words } } = this;
    this.sheets = pages.map(({ size: [width, height], picture }, number) => {
      const sheet = document.createElement("section");
      sheet.className = "sheet";
      sheet.setAttribute("aria-label", words.page.replace("{number}", number + 1).replace("{all}", pages.length));
      sheet.style.setProperty("--shape", `${width} / ${height}`);
      const shown = new Image();
      Object.assign(shown, { alt: "", src: picture, loading: "lazy", decoding: "async" });
      shown.addEventListener("error", () => { shown.remove(); sheet.classList.add("sheet-bare"); });
      sheet.append(shown);
      return sheet;
    });
    this.box.replaceChildren(...this.sheets);
    for (const field of this.given) {
      const said = () => field.shown(page.store.text(field.name), words);
      for (const place of field.places) this.#text(place, said).classList.add("sheet-given");
    }
  }

  #move(field) {
    const [first, ...others] = field.places;
    if (field.kind === "radio") this.#options(field);
    else if (field.pad) for (const place of field.places) this.#sign(place, field);
    else {
      if (first) this.#put(first, field.control, field.inputs, () => field.label);
      for (const place of others) this.marks.push(this.#text(place, () => field.shown(field.text, this.page.words)));
    }
  }

  #options(field) {
    for (const option of field.control.querySelectorAll("[data-option]")) {
      const place = field.places.find((one) => one.option === option.dataset.option);
      if (place) this.#put(place, option, [...option.querySelectorAll("input")], () => `${field.label}: ${option.textContent.trim()}`);
    }
  }

  #put(place, element, inputs, name) {
    const home = document.createComment("");
    element.replaceWith(home);
    const box = this.#place(place);
    box.append(element);
    for (const one of inputs) one.setAttribute("aria-label", name());
    this.moved.push({ element, home, labelled: inputs });
    this.marks.push(box);
  }

  #sign(place, field) {
    const box = this.#place(place, document.createElement("button"));
    Object.assign(box, { type: "button", field });
    box.className += " sheet-sign";
    box.fill = () => {
      box.textContent = field.shown(field.text, this.page.words) || this.page.words.sign;
      box.setAttribute("aria-label", `${field.label}: ${box.textContent}`);
    };
    box.addEventListener("click", () => { this.page.moveTo(field); this.page.show("one"); });
    this.marks.push(box);
  }

  #text(place, said) {
    const box = this.#place(place);
    box.classList.add("sheet-text");
    box.fill = () => { box.textContent = said(); };
    box.fill();
    return box;
  }

  #place({ page, left, right, bottom, top }, box = document.createElement("div")) {
    const [width, height] = this.page.pages[page].size;
    const shares = { left: left / width, top: (height - top) / height, width: (right - left) / width, height: (top - bottom) / height };
    for (const [name, share] of Object.entries(shares)) box.style.setProperty(`--${name}`, `${(share * 100).toFixed(3)}%`);
    box.className = "sheet-place";
    this.sheets[page].append(box);
    return box;
  }
}
