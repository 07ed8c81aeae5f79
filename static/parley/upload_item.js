// How a file on its way looks, from the template in rooms/composer.html.

export class UploadItem {
  constructor(template, name, { cancel, retry }) {
    this.words = template.dataset;
    this.element = template.content.firstElementChild.cloneNode(true);
    const part = (which) => this.element.querySelector(`.upload-${which}`);
    Object.assign(this, { bar: part("progress"), said: part("said"), retry: part("retry"), cancel: part("cancel") });
    part("name").textContent = name;
    this.bar.setAttribute("aria-label", this.words.progress.replace("{name}", name));
    this.retry.addEventListener("click", retry);
    this.cancel.addEventListener("click", cancel);
  }

  waits() { this.#show(this.words.waits, { value: 0 }); }
  drops(why) { this.#show(why || this.words.drops, { value: null, again: true }); }

  sends(part) { this.#show(`${Math.floor(part * 100)} %`, { value: part }); }

  // All of it is there; it is being looked at. Too late to cancel.
  finishes() { this.#show(this.words.finishes, { value: null, cancel: false }); }

  stops(why, { again }) {
    this.said.setAttribute("role", "alert");
    this.#show(why || this.words.failed, { failed: true, again });
    this.cancel.textContent = this.words.remove;
  }

  // `value` is how much of it is done, from 0 to 1; null while nobody knows, undefined when nothing is going on.
  #show(said, { value, again = false, cancel = true, failed = false }) {
    this.said.textContent = said;
    this.bar.hidden = value === undefined;
    if (value === null) this.bar.removeAttribute("value");
    else if (value !== undefined) this.bar.value = value;
    this.retry.hidden = !again;
    this.cancel.hidden = !cancel;
    this.cancel.textContent = this.words.cancel;
    this.element.firstElementChild.classList.toggle("bubble-failed", failed);
  }
}
