// Writing, and adding files.

import { HalfTyped } from "./half_typed.js";
import { markup } from "./markup.js";
import { Outbox } from "./outbox.js";
import { post } from "./post.js";
import { reachable } from "./reach.js";
import { startUploads } from "./uploads.js";
import { roomWords } from "./words.js";

export function startComposer(room) {
  startWriting(room);
  startUploads(room);
}

// A bubble for something that is on its way.
function bubble(said, note) {
  const item = document.createElement("div");
  item.className = "row-item";
  item.innerHTML = markup('<div class="bubble bubble-mine bubble-pending"><div class="bubble-text"></div><div class="bubble-head"></div></div>');
  item.querySelector(".bubble-text").textContent = said;
  item.querySelector(".bubble-head").textContent = note;
  return item;
}

function startWriting(room) {
  const [form, text, pending] = ["message-form", "text", "pending"].map((name) => room.part(name));
  const outbox = new Outbox(`parley:outbox:${room.place}`, room.life, { send, refused, show });
  const halfTyped = new HalfTyped(room, text, Math.max(0, ...outbox.items().map(({ typed }) => typed ?? 0)));
  room.composer = { sent: () => halfTyped.sent() }; // for what else is written there: empties it
  room.beforeLeaving(() => outbox.settled());
  form.noValidate = true; // nothing happens when nothing is written; the browser would complain after a double click

  async function send({ key, text: said, typed = "" }) {
    const { state, problem } = await post(form.action, { text: said, key, typed, after: room.rows.last }).catch((error) => {
      if (error.problem) room.problem(error.problem);
      else reachable(false);
      throw error;
    });
    reachable(true);
    room.take(state);
    return problem ? { refused: problem } : { sent: true };
  }

  // Where writing is over, the room shows what was kept; elsewhere the text goes back to where it was written.
  function refused(said, problem) {
    room.problem(problem);
    if (form.hidden) return;
    text.value = [text.value, said].filter(Boolean).join("\n");
    halfTyped.changed();
  }

  function show(items, failing) {
    pending.querySelectorAll("[data-text]").forEach((item) => item.remove());
    const bubbles = items.map(({ text: said }) => bubble(said, failing ? roomWords().waiting : roomWords().sending));
    for (const item of bubbles) item.dataset.text = "";
    pending.prepend(...bubbles);
    if (items.length) room.rows.toEnd();
  }

  room.life.on(form, "submit", (event) => {
    event.preventDefault();
    const said = text.value;
    if (!said.trim()) return;
    room.problem("");
    outbox.add(said, halfTyped.sent());
    text.focus();
  });
  room.life.on(text, "keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
