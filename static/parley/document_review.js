// Everything that was entered, before it is submitted.

export class Review {
  // `page` as in document_questions.js.
  constructor(page, every) { Object.assign(this, { page, every }); }

  show({ readOnly = false } = {}) {
    const wrong = readOnly ? [] : this.page.fields.map((field) => [field, field.check()]).filter(([, problem]) => problem);
    const box = this.page.part("missing");
    box.hidden = !wrong.length;
    box.querySelector("ul").replaceChildren(...wrong.map(([field, problem]) => this.#problem(field, problem)));
    this.page.part("entered").replaceChildren(...this.every.map((field) => this.#entry(field, readOnly)));
    return wrong.length;
  }

  #problem(field, problem) {
    const item = document.createElement("li");
    const link = this.#button(field, field.label, "btn-link document-link");
    item.append(link, ` ${problem}`);
    return item;
  }

  #entry(field, readOnly) {
    const { words } = this.page;
    const [item, label, value] = ["div", "dt", "dd"].map((name) => document.createElement(name));
    item.className = "entered-item";
    label.textContent = field.label;
    const text = this.page.store.text(field.name);
    const said = (field.kind === "date" && dayInWords(text)) || field.shown(text, words);
    value.textContent = said || words.nothing;
    value.classList.toggle("text-secondary", !said);
    item.append(label, value);
    if (field.theirs && !readOnly) {
      const change = this.#button(field, words.change, "btn-sm");
      change.setAttribute("aria-label", words.changeWhich.replace("{label}", field.label));
      const cell = document.createElement("dd");
      cell.className = "entered-change";
      cell.append(change);
      item.append(cell);
    }
    return item;
  }

  #button(field, text, kind) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `btn ${kind}`;
    button.textContent = text;
    button.addEventListener("click", () => {
      this.page.moveTo(field);
      this.page.show("one");
      field.focus();
    });
    return button;
  }
}

// As people write it; empty if it is no day.
function dayInWords(text) {
  const day = new Date(`${text}T00:00`);
  return Number.isNaN(day.getTime()) ? "" : day.toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
}
