// What changes in a customer's room beside rows and status: whom they talk with, what ending means, what they may do.

import { post } from "./post.js";
import { showIn, showNow } from "./shown.js";
import { roomWords } from "./words.js";

export function startParts(room) {
  room.on("state", ({ parts = {} }) => {
    for (const [name, html] of Object.entries(parts)) {
      const part = room.part(name); // the page of a document has one that the room has not
      if (part) showIn(part, html);
    }
    document.title = `${room.part("who").textContent.trim()} · Parley`;
  });
}

// Whose turn it is follows what is written; the server says the same with its next answer.
export function startTurn(room) {
  room.on("added", ({ item }) => {
    const bubble = item.querySelector(".bubble");
    const turn = room.part("turn");
    if (bubble && turn) turn.dataset.turn = bubble.classList.contains("bubble-mine") ? "customer" : "agent";
  });
}

// Continue on another device: a new link each time the dialog opens.
export function startHandOver(room) {
  const [open, dialog, form, box] = ["hand-over-open", "hand-over-dialog", "hand-over-form", "hand-over"]
    .map((name) => room.part(name));
  room.life.on(open, "click", async () => {
    room.part("about-dialog").close();
    box.textContent = "";
    dialog.showModal();
    try {
      const { state, problem } = await post(form.action, {});
      if (problem) throw new Error(problem);
      showNow(box, state.html);
      const link = box.querySelector("input");
      link.addEventListener("focus", () => link.select());
    } catch (error) {
      box.textContent = error.problem || roomWords().unreachable;
    }
  });
}

// While the customer waits, others move on. Everybody hears of that at once, and asks a little later than the others.
export function startQueue(room, line) {
  let timer;
  line.on("sessions", () => {
    timer ??= setTimeout(() => { timer = undefined; room.catchUp(); }, 1_500 * Math.random());
  });
}
