// The form of notices: while somebody writes, what each text comes to and what is wrong with it; placeholders by click.

import { markup } from "./markup.js";

const PAUSE = 250;
const page = document.getElementById("notices");
const form = page?.closest("form");
const boxes = [...document.querySelectorAll("[data-notice]")];
let timer;
let asked = 0;

if (form && boxes.length) {
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(preview, PAUSE); });
  for (const button of form.querySelectorAll("[data-insert]")) button.addEventListener("click", () => insert(button));
  preview();
}

async function preview() {
  const mine = ++asked;
  const body = new FormData(form);
  body.set("row", page.dataset.row);
  try {
    const response = await fetch(page.dataset.url, { method: "POST", body, signal: AbortSignal.timeout(15_000) });
    if (!response.ok || response.redirected) throw new Error(`${response.status}`);
    const { language, direction, notices } = await response.json();
    if (mine !== asked) return; // somebody went on writing
    for (const box of boxes) show(box, notices[box.dataset.notice], { language, direction });
  } catch {
    if (mine === asked) say(boxes.find((box) => box.contains(document.activeElement)) ?? boxes[0], page.dataset.unreachable);
  }
}

function show(box, { html, problem = "", inherited, ...shown }, { language, direction }) {
  const text = box.querySelector("textarea");
  Object.assign(text, { placeholder: inherited, dir: direction, lang: language });
  text.ariaInvalid = problem ? "true" : null;
  say(box, problem);
  const preview = box.querySelector(".notice-preview");
  preview.hidden = html === undefined;
  if (preview.hidden) return;
  box.querySelector(".notice-source").textContent = shown.source || page.dataset.preview;
  const words = box.querySelector(".notice-shown");
  words.innerHTML = markup(html); // escaped by the server
  Object.assign(words, { lang: shown.language, dir: shown.direction });
}

// What is wrong with a text now, in place of what was said when it was saved.
function say(box, problem) {
  const place = box.querySelector(".notice-problem");
  place.textContent = problem;
  place.hidden = !problem;
  const before = box.parentElement.querySelector(".errorlist");
  if (before) before.hidden = true;
}

function insert({ dataset, parentElement }) {
  const text = parentElement.parentElement.querySelector("textarea");
  text.focus();
  text.setRangeText(dataset.insert, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
