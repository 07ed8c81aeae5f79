// Forms that change a room without leaving it (`data-live`): End Session, Keep open.

import { post } from "./post.js";
import { roomWords } from "./words.js";

export function startLiveForms(room) {
  room.life.on(room.root, "submit", async (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form) return;
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      const { state, problem } = await post(form.action, { ...Object.fromEntries(new FormData(form)), after: room.rows.last });
      const place = form.querySelector("[data-problem]"); // a form with a place for it keeps what was typed
      if (problem && place) { place.textContent = problem; place.hidden = false; }
      else { form.closest("dialog")?.close(); room.problem(problem); }
      room.take(state);
    } catch (error) {
      form.closest("dialog")?.close();
      room.problem(error.problem || roomWords().unreachable);
    }
    for (const button of buttons) button.disabled = false;
  });
}
