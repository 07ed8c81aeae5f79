// One field at a time.

import { Cutout } from "./document_cutout.js";

export class Questions {
  // `page` is what surrounds it: fields, words, part(name), show(view), moved(field).
  constructor(page) {
    this.page = page;
    this.cutout = new Cutout(page.part("cutout"), page.pages);
    page.part("previous").addEventListener("click", () => this.back());
    page.part("next").addEventListener("click", () => this.next());
    page.part("read").addEventListener("click", () => page.read(this.pageNumber));
    page.part("fields").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.target.matches("textarea, button, select") || page.view !== "one") return;
      event.preventDefault();
      this.next();
    });
  }

  get fields() { return this.page.fields; }
  get pageNumber() { return this.page.current.places[0]?.page; }
  get at() { return Math.max(0, this.fields.indexOf(this.page.current)); }

  show() {
    const { page } = this;
    for (const field of this.fields) field.question.hidden = field !== page.current;
    page.part("place").textContent = page.words.place.replace("{number}", this.at + 1).replace("{all}", this.fields.length);
    this.steps();
    this.cutout.show(page.current);
    this.#offerPage();
    page.current.pad?.show();
  }

  // What one agrees to stands around the field: the whole page is one press away.
  #offerPage() {
    const { page, page: { pages } } = this;
    const button = page.part("read");
    button.hidden = !pages[this.pageNumber]?.picture;
    button.textContent = button.dataset.words.replace("{number}", this.pageNumber + 1).replace("{all}", pages.length);
  }

  // Over a whole page there is only one step left: to the review.
  steps() {
    const { page, page: { view } } = this;
    const [previous, next] = [page.part("previous"), page.part("next")];
    previous.hidden = view === "page";
    previous.disabled = this.at === 0;
    this.said ??= next.textContent;
    next.textContent = view === "page" || this.at === this.fields.length - 1 ? next.dataset.last : this.said;
  }

  // What is missing or wrong is said once; who goes on all the same comes back to it on the review.
  next() {
    const { page } = this;
    if (page.view === "page") { page.show("review"); return; }
    const problem = page.current.check();
    const isNews = problem && page.current.problem !== problem;
    page.leave(page.current);
    if (isNews) page.current.focus();
    else if (this.at === this.fields.length - 1) page.show("review");
    else this.#go(this.at + 1);
  }

  back() {
    this.page.leave(this.page.current);
    this.#go(this.at - 1);
  }

  #go(number) {
    this.page.moveTo(this.fields[number]);
    this.show();
    scrollTo({ top: 0 });
    this.page.current.focus();
  }
}
