// Writing and adding files.

import { newKey } from "./key.js";
import { Outbox } from "./outbox.js";
import { post, showProblem } from "./post.js";

const LONGEST_UPLOAD = 600_000; // milliseconds
const words = document.getElementById("room-words").dataset;
const pending = document.getElementById("pending");
const form = document.getElementById("message-form");
const text = document.getElementById("text");
const fileForm = document.getElementById("file-form");
const fileInput = document.getElementById("file-input");
const kept = `parley:text:${location.pathname}`;

// A bubble for something that is on its way.
function bubble(said, note) {
  const item = document.createElement("div");
  item.className = "row-item";
  item.innerHTML = '<div class="bubble bubble-mine bubble-pending"><div class="bubble-text"></div><div class="bubble-head"></div></div>';
  item.querySelector(".bubble-text").textContent = said;
  item.querySelector(".bubble-head").textContent = note;
  return item;
}

export function startComposer(room) {
  const outbox = new Outbox(`parley:outbox:${location.pathname}`, deliver, { refused, show });
  room.beforeLeaving = () => outbox.settled();

  async function deliver({ key, text: said }) {
    const { state, problem } = await post(form.action, { text: said, key, after: room.rows.last }).catch((error) => {
      room.reachable(false);
      throw error;
    });
    room.reachable(true);
    room.take(state);
    return problem ? { refused: problem } : { sent: true };
  }

  // Where writing is over, the room shows what was kept; elsewhere the text goes back to where it was written.
  function refused(said, problem) {
    showProblem(problem);
    if (form.hidden) return;
    text.value = [text.value, said].filter(Boolean).join("\n");
    keepText();
  }

  function show(items, failing) {
    pending.querySelectorAll("[data-text]").forEach((item) => item.remove());
    const bubbles = items.map(({ text: said }) => bubble(said, failing ? words.waiting : words.sending));
    for (const item of bubbles) item.dataset.text = "";
    pending.prepend(...bubbles);
    if (items.length) room.rows.toEnd();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = text.value;
    if (!said.trim()) return;
    text.value = "";
    keepText();
    showProblem("");
    outbox.add(said);
    text.focus();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  text.addEventListener("input", keepText);
  text.value ||= localStorage.getItem(kept) ?? "";
  startFiles(room);
}

// What is typed and not sent stays on this device through a reload.
function keepText() {
  if (text.value) localStorage.setItem(kept, text.value);
  else localStorage.removeItem(kept);
}

function startFiles(room) {
  fileInput.addEventListener("change", () => {
    for (const file of fileInput.files) upload(room, file, newKey());
    fileInput.value = "";
  });
}

async function upload(room, file, key) {
  if (file.size > Number(fileInput.dataset.most)) { showProblem(words.tooLarge.replace("{name}", file.name)); return; }
  const item = bubble(file.name, words.uploading);
  pending.append(item);
  room.rows.toEnd();
  showProblem("");
  try {
    const { state, problem } = await post(fileForm.action, { file, key, after: room.rows.last }, LONGEST_UPLOAD);
    item.remove();
    room.take(state);
    if (problem) showProblem(problem);
  } catch {
    offerRetry(item, () => upload(room, file, key));
  }
}

function offerRetry(item, again) {
  item.firstElementChild.classList.add("bubble-failed");
  item.querySelector(".bubble-head").textContent = words.failed;
  const button = document.createElement("button");
  button.className = "btn btn-sm";
  button.textContent = words.retry;
  button.addEventListener("click", () => { item.remove(); again(); });
  item.firstElementChild.append(button);
}
