// A line above the first row that was not seen yet: there when a room is opened, and when one comes back to it.

import { roomWords } from "./words.js";

const MOST_STEPS = 10; // so often earlier rows are asked for to find where one stopped reading

export function startUnread(room) {
  const line = document.createElement("div");
  line.className = "unread-line";
  line.textContent = roomWords().unread;
  const away = () => document.hidden || !room.visible;

  room.on("hidden", () => line.remove());
  room.life.on(document, "visibilitychange", () => { if (document.hidden && room.visible) line.remove(); });
  room.on("added", ({ item }) => {
    if (isMine(item)) line.remove();
    else if (away() && !line.isConnected && isWritten(item)) put(item);
  });

  function put(item) {
    const day = item.querySelector(":scope > .day-break");
    if (day) day.after(line);
    else item.prepend(line);
  }

  async function open() {
    const { seen } = room.page;
    for (let step = 0; seen && room.rows.first() > seen + 1 && step < MOST_STEPS; step++) {
      if (!(await room.loadEarlier())) break;
    }
    const first = [...room.rows.list.children].find((item) => item.dataset.n > seen && isWritten(item) && !isMine(item));
    if (!first) return;
    put(first);
    room.rows.showFrom(first);
  }

  if (room.page.seen < room.page.last) open();
}

const isWritten = (item) => item.querySelector(":scope > .bubble, :scope > .private-note") !== null;
const isMine = (item) => item.querySelector(":scope > .bubble-mine") !== null;
