// The page of a document in a frame. What is written in the conversation meanwhile is not seen here.

import { room } from "../document.js";
import { Frame } from "./frame.js";
import { startInFrame } from "./in_room.js";

const frame = new Frame();
let unread = 0;

startInFrame(frame, room);
room.line.on("row", ({ html = "" }) => {
  if (!html.includes("bubble") || html.includes("bubble-mine") || frame.open) return;
  unread += 1;
  frame.unread(unread);
});
frame.on("shown", () => {
  unread = 0;
  frame.unread(0);
});
