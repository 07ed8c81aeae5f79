// A room, of an agent or a customer; a page may hold several. What belongs to it lies below its root, as parts.

import { setServerTime, showTimes } from "./clock.js";
import { startComposer } from "./composer.js";
import { startEmoji } from "./emoji.js";
import { Follower } from "./follow.js";
import { startLiveForms } from "./forms.js";
import { startKeeping } from "./keep.js";
import { RoomParts } from "./room_parts.js";
import { Rows } from "./rows.js";
import { showIn } from "./shown.js";
import { startTimeline } from "./timeline.js";

const PARTS = [startLiveForms, startTimeline, startComposer, startEmoji, startKeeping];

export const ROOM_EVENTS = ["row", "presence", "seen", "typing", "half-typed", "document"]; // what a room hears on the line

// Tells what happens in it: `state` (an answer of the server), `added` (a row at the end: n, item), `earlier` (rows put on
// top: items, and the next one that is shown), `shown`, `hidden`, and everything that the line brings, under its own name.
export class Room extends RoomParts {
  // `line` is the page's Stream, `host` what surrounds the room: leave(room, address) at the end, over(room) when access
  // is over, gone(room) when there is no such room for us any more. `parts` are functions that take the room.
  constructor(root, { line, host, parts = [] }) {
    super(root);
    Object.assign(this, { line, host, id: root.dataset.room });
    setServerTime(this.page.now);
    showTimes(root);
    this.rows = new Rows(this);
    this.follower = new Follower(this);
    for (const start of [...PARTS, ...parts]) start(this);
    root.dataset.ready = "";
  }

  get visible() { return !this.root.hidden; }

  // Show it, or keep it alive out of sight.
  set visible(is) {
    if (this.visible === is) return;
    this.root.hidden = !is;
    this.tell(is ? "shown" : "hidden");
  }

  hear(name, data) {
    if (name === "row") this.follower.heard(data);
    if (name === "presence") this.showPresence(data.present);
    this.tell(name, data);
  }

  // A customer whose page says nothing any more is not there, though a stream of theirs still seems to be open.
  showPresence(present) {
    const { loses, away } = this.page;
    const here = present && !(away && loses !== undefined);
    for (const one of this.root.querySelectorAll("[data-presence]")) one.dataset.presence = here ? "here" : loses ? "lost" : "away";
  }

  // What changes beside the rows.
  showState(state) {
    const { status, chat, attach, open, holds, invites, moves, closes } = state;
    showIn(this.part("status"), status);
    this.show("composer", chat || attach);
    this.show("message-form", chat);
    this.show("file-form", attach);
    this.show("end-button", open && holds);
    this.show("close-button", closes);
    this.show("link-card", invites);
    this.show("transfer-button", moves && holds);
    if (!open) this.part("end-dialog")?.close();
    if (!closes) this.part("close-dialog")?.close();
    this.tell("state", state);
  }

  dispose() {
    this.life.end();
    this.root.remove();
  }
}
