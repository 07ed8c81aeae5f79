// Beside an agent's room: the customer's card, and the link to pass on.

import { post } from "./post.js";
import { reconnectLink } from "./reconnect_link.js";
import { roomWords } from "./words.js";

export function startCard(room) {
  startSide(room);
  startLink(room);
  startReconnectLink(room);
}

// Where there is little space the card takes the place of the conversation while it is open.
function startSide(room) {
  const [toggle, side] = [room.part("side-toggle"), room.part("side")];
  side.tabIndex = -1;

  function turn(open) {
    side.classList.toggle("room-side-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    (open ? side : toggle).focus();
  }

  const isOpen = () => side.classList.contains("room-side-open");
  room.life.on(toggle, "click", () => turn(!isOpen()));
  room.life.on(document, "keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    // Where the card is a column of its own there is no toggle; where one writes, Escape has other meanings.
    if (!isOpen() || !toggle.checkVisibility() || event.target.closest?.(".room-foot")) return;
    event.preventDefault();
    turn(false);
  });
}

function startLink(room) {
  const [form, field, copy] = ["link-form", "link-text", "link-copy"].map((name) => room.part(name));
  room.life.on(form, "submit", async (event) => {
    event.preventDefault();
    try {
      const { state, problem } = await post(form.action, { after: room.rows.last });
      room.problem(problem);
      if (problem) { room.take(state); return; }
      field.value = state.link;
      room.show("link-shown", true);
      field.select();
    } catch (error) {
      room.problem(error.problem || roomWords().unreachable);
    }
  });
  room.life.on(copy, "click", async () => {
    field.select();
    await navigator.clipboard?.writeText(field.value);
    copy.title = roomWords().copied;
  });
}

// A fresh reconnect link, into the clipboard at once; where the browser does not allow that it is shown, to be copied.
function startReconnectLink(room) {
  const [form, field, hint] = ["reconnect-form", "reconnect-text", "reconnect-hint"].map((name) => room.part(name));
  if (!form) return;
  room.life.on(form, "submit", async (event) => {
    event.preventDefault();
    const { link, problem } = await reconnectLink(room);
    room.problem(problem);
    if (!link) return;
    field.value = link;
    room.show("reconnect-shown", true);
    const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
    if (!copied) field.select();
    hint.textContent = copied ? hint.dataset.copied : hint.dataset.byHand;
  });
}
