// The page of a form that a customer completes, or looks at.

import { startBeats } from "./beats.js";
import { tick } from "./clock.js";
import { startForm } from "./document_form.js";
import { DocumentRoom } from "./document_room.js";
import { csrfToken } from "./post.js";

const root = document.querySelector("[data-room]");
export const room = new DocumentRoom(root);
tick();
if (room.document.completes) startForm(room);
else room.on("state", () => { if (room.isOutdated()) location.reload(); });
if (room.document.state === "open" && !room.document.viewed) noteOpened();
startBeats(room);
root.dataset.ready = "";
room.follower.listen();

// That it was looked at is said by a POST: opening an address changes nothing.
function noteOpened() {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  fetch(room.documentUrl("opened/"), { method: "POST", headers }).catch(() => {});
}
