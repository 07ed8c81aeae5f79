// A new seat for a page in a frame, before its old one is over: every address that it has begins with it.

const SEAT = /\/f\/[^/]+\//;
const NAMES = ["href", "src", "action", "formaction", "data-address", "data-document-address", "data-keep"];

export function startRenewing(room) {
  room.on("state", ({ moves_to: address }) => { if (address) move(room, address); });
}

function move(room, address) {
  const [[before], [now]] = [room.address.match(SEAT), address.match(SEAT)];
  for (const name of NAMES) {
    for (const one of document.querySelectorAll(`[${name}*="${before}"]`)) one.setAttribute(name, one.getAttribute(name).replace(before, now));
  }
  for (const page of room.document?.pages ?? []) page.picture = page.picture.replace(before, now);
  room.address = address;
  history.replaceState(history.state, "", location.href.replace(before, now));
}
