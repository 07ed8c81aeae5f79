// What a room, or the page of a document in it, does beside when it is in a frame.

import { startRenewing } from "./renewing.js";

// Resolves when the loader has said hello for the first time.
export function startInFrame(frame, room) {
  startRenewing(room);
  room.host.leave = (_, address) => {
    room.line.close();
    frame.tell("redirect", { address, once: room.page.once }); // the whole page goes there, not the frame in it
  };
  tellWhatHappens(frame, room);
  frame.on("end", () => endSession(room));
  return new Promise((greeted) => {
    frame.on("hello", ({ session, end }) => {
      const { room: shown } = room.root.dataset;
      if (session && session !== shown) location.replace(frame.start); // begun in another tab
      else {
        frame.tell("room", { session: shown });
        if (end) endSession(room);
      }
      greeted();
    });
  });
}

function tellWhatHappens(frame, room) {
  let wasOpen = room.page.open;
  let wasThere = true;
  room.on("state", ({ open }) => {
    room.show("after", !open);
    if (wasOpen && !open) frame.event("ended", { session: room.root.dataset.room });
    wasOpen = open;
  });
  for (const [name, there] of [["unreachable", false], ["reachable", true]]) {
    addEventListener(`parley:${name}`, () => {
      if (there !== wasThere) frame.event(there ? "reconnected" : "disconnected");
      wasThere = there;
    });
  }
  addEventListener("parley:elsewhere", () => {
    frame.event("elsewhere");
    room.life.end(); // nothing is sent any more, nor when the page goes
    room.line.close();
    location.reload();
  }, { once: true });
}

// As if the customer had confirmed it: the portal's own script asked for it.
function endSession(room) {
  const form = room.part("end-dialog")?.querySelector("form");
  if (form && room.page.open) form.requestSubmit();
  else if (!form) location.assign(room.address); // from a document, back into the room, which is greeted with the same
}
