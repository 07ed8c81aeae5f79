// The part of a page around a field, so that one sees where it belongs.

const LEAST = 0.7; // of the width of the page
const LARGEST = 1.4; // pixels for a point of the page
const MOST_AHEAD = 12; // pages
const BEFORE = 0.12; // of what is seen: more of what is before the field, where its label usually is

export class Cutout {
  constructor(box, pages) {
    Object.assign(this, { box, pages, missing: new Set() });
    this.picture = new Image();
    this.picture.alt = "";
    this.picture.decoding = "async";
    this.mark = document.createElement("div");
    this.mark.className = "document-cutout-mark";
    box.append(this.picture, this.mark);
    this.picture.addEventListener("error", () => { this.missing.add(this.picture.getAttribute("src")); box.hidden = true; });
    addEventListener("online", () => this.missing.clear());
    addEventListener("load", () => this.#fetchAll());
    new ResizeObserver(() => this.#arrange()).observe(box);
  }

  // Of this field, or nothing.
  show(field) {
    this.place = field?.places[0];
    this.page = this.place && this.pages[this.place.page];
    const source = this.page?.picture;
    this.box.hidden = !source || this.missing.has(source); // its space is there before the picture, so that nothing moves
    if (this.box.hidden) return;
    if (this.picture.getAttribute("src") !== source) this.picture.src = source;
    this.#arrange();
  }

  // The pictures are here before a connection drops.
  #fetchAll() {
    for (const { picture } of this.pages.slice(0, MOST_AHEAD)) if (picture) new Image().src = picture;
  }

  #arrange() {
    if (!this.place || this.box.hidden) return;
    const [width, height] = this.page.size;
    const { left, right, bottom, top } = this.place;
    const seen = Math.min(width, Math.max((right - left) * 1.6, width * LEAST));
    const scale = Math.min(this.box.clientWidth / seen, (0.75 * this.box.clientHeight) / (top - bottom), LARGEST);
    const wide = this.box.clientWidth / scale;
    const x = wide > width ? (width - wide) / 2 : within((left + right) / 2 - wide * (0.5 + BEFORE), width - wide);
    const tall = this.box.clientHeight / scale;
    const y = within(height - (top + bottom) / 2 - tall / 2, Math.max(0, height - tall));
    set(this.picture, { left: -x * scale, top: -y * scale, width: width * scale });
    set(this.mark, { left: (left - x) * scale, top: (height - top - y) * scale, width: (right - left) * scale, height: (top - bottom) * scale });
  }
}

function within(number, most) { return Math.min(Math.max(0, number), Math.max(0, most)); }

function set(element, sizes) {
  for (const [name, size] of Object.entries(sizes)) element.style.setProperty(`--${name}`, `${size.toFixed(2)}px`);
}
