// The customer's page: one room.

import { startBeats } from "./beats.js";
import { tick } from "./clock.js";
import { startHandOver, startParts, startQueue, startTurn } from "./customer_parts.js";
import { startDialogs } from "./dialogs.js";
import { startDocuments } from "./document_list.js";
import { ROOM_EVENTS, Room } from "./room.js";
import { Stream } from "./stream.js";
import { startViewport } from "./viewport.js";
import { newestOnly } from "./whole.js";

const PARTS = [startParts, startTurn, startHandOver, startDocuments]; // what only customers' rooms do: functions that take the room

const root = document.querySelector("[data-room]");
newestOnly(root);
tick();
startDialogs();
startViewport();
const line = new Stream({ missed: () => room.catchUp(), renew: () => room.catchUp() });
export const host = {
  leave(_, address) { line.close(); location.replace(address); },
  over() { line.close(); location.reload(); },
};
for (const name of ROOM_EVENTS) line.on(name, (data) => room.hear(name, data));
export const room = new Room(root, { line, host, parts: PARTS });
startQueue(room, line);
startBeats(room);
room.follower.listen();
