// The customer's room in a frame: out of sight while it is minimised, and then counting what comes in.

import { room } from "../customer.js";
import { Frame } from "./frame.js";
import { startInFrame } from "./in_room.js";

const frame = new Frame();
const theirs = (item) => item.querySelector(":scope > .bubble:not(.bubble-mine)") !== null;
let unread = [...room.rows.list.children].filter((item) => item.dataset.n > room.page.seen && theirs(item)).length;

const greeted = startInFrame(frame, room);
frame.on("shown", () => look());
frame.on("hidden", () => { room.visible = false; });
room.on("added", ({ item }) => {
  if (!theirs(item)) return;
  frame.event("message");
  if (frame.open) return;
  unread += 1;
  frame.unread(unread);
});
greeted.then(() => (frame.open ? look() : away()));

function look() {
  room.visible = true;
  unread = 0;
  frame.unread(0);
  const text = room.part("text");
  if (matchMedia("(pointer: coarse)").matches) focusQuietly(room.root.querySelector(".room-main")); // no keyboard comes up
  else (room.part("message-form").hidden ? room.part("conversation") : text).focus();
}

// Where a screen reader goes on, without the ring that says where a keyboard is.
function focusQuietly(place) {
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

function away() {
  room.visible = false;
  if (unread) frame.unread(unread);
}
