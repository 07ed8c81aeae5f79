// Picking from the queue, and declining what was given, in the lists at the side.

import { post } from "./post.js";
import { roomWords } from "./words.js";

const ACTS = {
  "pick-form": (form, panes) => panes.reopen(form.dataset.roomAddress),
  "decline-form": () => {},
};

export function startQueue(lists, panes) {
  lists.box.addEventListener("submit", async (event) => {
    const form = event.target;
    const done = ACTS[form.dataset.part];
    if (!done) return;
    event.preventDefault();
    form.querySelector("button").disabled = true;
    const { problem } = await post(form.action, { after: 0 }).catch((error) => ({ problem: error.problem || roomWords().unreachable }));
    lists.say(problem);
    if (!problem) done(form, panes);
    lists.refresh();
  });
}
