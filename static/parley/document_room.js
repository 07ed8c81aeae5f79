// What the page of a document has of its room: the clock, the line, and what the room says on top.

import { setServerTime, showTimes } from "./clock.js";
import { Follower } from "./follow.js";
import { startLiveForms } from "./forms.js";
import { RoomParts } from "./room_parts.js";
import { showIn } from "./shown.js";
import { Stream } from "./stream.js";

const HEARD = ["row", "document"];

// Tells `state` (an answer of the server about the room) and `document` (somebody saved something in a document).
export class DocumentRoom extends RoomParts {
  constructor(root) {
    super(root);
    Object.assign(this, { visible: true, document: this.page.document });
    setServerTime(this.page.now);
    showTimes(root);
    this.rows = new RowNumbers(this.page.last);
    this.line = new Stream({ missed: () => this.catchUp(), renew: () => this.catchUp() });
    this.host = {
      leave: (_, address) => { this.line.close(); location.replace(address); },
      over: () => { this.line.close(); location.reload(); },
    };
    for (const name of HEARD) this.line.on(name, (data) => this.#hear(name, data));
    this.follower = new DocumentFollower(this);
    startLiveForms(this);
  }

  documentUrl(rest) { return this.root.dataset.documentAddress + rest; }

  // Whether the server would show this page differently now: recalled, completed, ready, another level of access.
  isOutdated() {
    const { completes, documents } = this.page;
    if (!documents) return false;
    const state = documents[this.document.id];
    return state !== this.document.state || (completes && state === "open") !== this.document.completes;
  }

  showPresence() {}

  showState(state) {
    showIn(this.part("status"), state.status);
    if (this.part("until")) showIn(this.part("until"), state.parts.until);
    this.tell("state", state);
  }

  #hear(name, data) {
    if (name === "row") this.follower.heard(data);
    else if (data.d === this.document.id) this.tell("document", data);
  }
}

// The rows of the conversation are not shown here; only their numbers count.
class RowNumbers {
  constructor(last) { this.last = last; }

  add({ n }) {
    if (n > this.last + 1) return false;
    this.last = Math.max(this.last, n);
    return true;
  }
}

// Who is in the middle of a form that can still be completed is not sent away from it at the end: the link is there.
class DocumentFollower extends Follower {
  leaves(state) {
    const { host } = this.room;
    const goes = this.wasOpen && !state.open && state.redirect;
    if (state.over && !goes) this.leave(() => host.over(this.room));
    else if (goes && !(state.completes && this.room.document.completes)) this.leave(() => host.leave(this.room, state.redirect));
    this.wasOpen &&= state.open;
    return this.leaving;
  }
}
