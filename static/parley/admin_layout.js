// The editor that lays fields onto the pages of a document template.

import { List } from "./admin_layout_list.js";
import { Layout } from "./admin_layout_model.js";
import { Pages } from "./admin_layout_pages.js";
import { csrfToken } from "./post.js";

const root = document.getElementById("layout");
const told = JSON.parse(document.getElementById("layout-data").textContent);
const words = root.dataset;
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const doing = (name) => root.querySelector(`[data-do="${name}"]`);
const say = (text) => { part("said").textContent = text; };

let newest = told.newest;
let isLeaving = false;

const layout = new Layout(told, draw);
const list = new List(part("list"), layout, { longest: told.longest, showBox: (key) => pages.show(key) });
const pages = new Pages(part("pages"), layout, {
  tool: () => part("tool").value,
  opened: (key) => list.open(key),
  say,
  words,
  smallest: told.smallest,
});

function draw() {
  pages.draw();
  list.draw();
  doing("undo").disabled = !layout.done.length;
  doing("redo").disabled = !layout.undone.length;
  part("empty").hidden = layout.fields.length > 0;
  part("count").textContent = layout.fields.length;
}

// What the buttons do ---------------------------------------------------------------------------------------------

function add() {
  const { page, middle } = pages.inView();
  const field = layout.add(part("tool").value, page, null, middle);
  if (!field) return say(words.enough);
  pages.show(field.key);
  pages.focus(field.key);
}

const acts = { undo: () => layout.undo(), redo: () => layout.redo(), add, save, force: () => { newest = Number(part("stale").dataset.number); save(); } };

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && Object.hasOwn(acts, button.dataset.do)) acts[button.dataset.do]();
});

part("zoom").addEventListener("change", (event) => {
  const zoom = event.target.value;
  part("pages").classList.toggle("is-fitted", zoom === "fit");
  part("pages").style.setProperty("--zoom", zoom === "fit" ? 1 : zoom);
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "s") { event.preventDefault(); save(); }
  if (event.target.matches("input, textarea, select")) return; // it has its own
  if (key === "z") { event.preventDefault(); acts[event.shiftKey ? "redo" : "undo"](); }
  if (key === "y") { event.preventDefault(); acts.redo(); }
});

addEventListener("beforeunload", (event) => { if (layout.isChanged && !isLeaving) event.preventDefault(); });

// Saving ------------------------------------------------------------------------------------------------------------

async function save() {
  if (doing("save").disabled) return;
  doing("save").disabled = true;
  tell([]);
  part("stale").hidden = true;
  say(words.saving);
  try {
    await send();
  } catch {
    say("");
    tell([{ at: null, text: words.unreachable }]);
  }
  doing("save").disabled = false;
}

async function send() {
  const body = new FormData();
  for (const [name, value] of Object.entries({ base: told.base, newest, layout: JSON.stringify(layout.posted()) })) body.append(name, value);
  const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": csrfToken() } });
  const understood = answer.headers.get("content-type")?.startsWith("application/json");
  say("");
  if (!understood && (answer.redirected || answer.status === 403)) return tell([{ at: null, text: words.signedOut }]);
  if (!understood) throw new Error(`${answer.status}`);
  const { next, problems, stale } = await answer.json();
  if (stale) return showStale(stale);
  if (problems) return tell(problems);
  isLeaving = true;
  location.assign(next);
}

// What is wrong: all of it above the pages, and beside each field what concerns it.
function tell(problems) {
  const byField = new Map();
  const lines = problems.map(({ at, text }) => {
    const field = at === null ? null : layout.fields[at];
    const line = document.createElement("li");
    if (!field) return Object.assign(line, { textContent: text });
    byField.set(field.key, [...(byField.get(field.key) ?? []), text]);
    const link = Object.assign(document.createElement("button"), { type: "button", className: "text-link", textContent: `${at + 1} ${field.label || layout.kinds[field.kind]}` });
    link.addEventListener("click", () => { pages.show(field.key); list.open(field.key); });
    line.append(link, `: ${text}`);
    return line;
  });
  part("problem-list").replaceChildren(...lines);
  part("wrong").hidden = !lines.length;
  list.tell(byField);
  if (lines.length) part("wrong").scrollIntoView({ block: "nearest" });
}

function showStale({ number, text, page }) {
  const notice = part("stale");
  notice.dataset.number = number;
  notice.hidden = false;
  part("stale-text").textContent = text;
  part("stale-page").href = page;
  notice.scrollIntoView({ block: "nearest" });
}

draw();
root.dataset.ready = "";
