// Notes between agents: the same place to write at, but the customer never sees them.

import { markup } from "./markup.js";
import { Outbox } from "./outbox.js";
import { post } from "./post.js";
import { reachable } from "./reach.js";
import { roomWords } from "./words.js";

export function startNotes(room) {
  const [form, text, choice] = ["note-form", "note-text", "write-as"].map((name) => room.part(name));
  const foot = form.closest(".room-foot");
  form.noValidate = true; // as in composer.js
  const kept = `parley:note:${room.place}`;
  let asNote = false;

  // Who may not write to the customer can still leave a note.
  function show() {
    const only = room.part("composer").hidden;
    choice.hidden = only;
    foot.classList.toggle("writes-note", asNote || only);
    for (const button of choice.querySelectorAll("[data-as]")) {
      button.setAttribute("aria-pressed", String((button.dataset.as === "note") === asNote));
    }
  }

  const outbox = new Outbox(`parley:notes:${room.place}`, room.life, { send, refused, show: showPending });
  room.beforeLeaving(() => outbox.settled());

  async function send({ key, text: said }) {
    const { state, problem } = await post(form.action, { text: said, key, after: room.rows.last }).catch((error) => {
      if (error.problem) room.problem(error.problem);
      else reachable(false);
      throw error;
    });
    reachable(true);
    room.take(state);
    return problem ? { refused: problem } : { sent: true };
  }

  function refused(said, problem) {
    room.problem(problem);
    text.value = [text.value, said].filter(Boolean).join("\n");
    keep();
  }

  function showPending(items, failing) {
    const pending = room.part("pending");
    pending.querySelectorAll("[data-note]").forEach((item) => item.remove());
    pending.append(...items.map(({ text: said }) => waiting(said, failing ? roomWords().waiting : roomWords().sending)));
    if (items.length) room.rows.toEnd();
  }

  function keep() {
    if (text.value) localStorage.setItem(kept, text.value);
    else localStorage.removeItem(kept);
  }

  room.life.on(choice, "click", (event) => {
    const button = event.target.closest("[data-as]");
    if (!button) return;
    asNote = button.dataset.as === "note";
    show();
    (asNote ? text : room.part("text")).focus();
  });
  room.life.on(form, "submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    const said = text.value;
    text.value = "";
    keep();
    room.problem("");
    outbox.add(said);
    text.focus();
  });
  room.life.on(text, "keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  room.life.on(text, "input", keep);
  room.on("state", show);
  text.value = localStorage.getItem(kept) ?? "";
  asNote = Boolean(text.value) && !room.part("text").value;
  show();
}

function waiting(said, how) {
  const item = document.createElement("div");
  item.className = "row-item";
  item.dataset.note = "";
  item.innerHTML = markup('<div class="private-note bubble-pending"><div class="bubble-text"></div><div class="bubble-head"></div></div>');
  item.querySelector(".bubble-text").textContent = said;
  item.querySelector(".bubble-head").textContent = how;
  return item;
}
