// The conversation of a room, on both sides: its days, what is new in it, who has seen what, who is typing.

import { startDays } from "./days.js";
import { startEarlier } from "./earlier.js";
import { startNames } from "./names.js";
import { startSeen } from "./seen.js";
import { startTyping } from "./typing.js";
import { startUnread } from "./unread.js";

export function startTimeline(room) {
  for (const start of [startDays, startEarlier, startUnread, startSeen, startTyping, startNames]) start(room);
}
