// The link by which a widget's customer comes back: made, and recorded, when it is asked for.

import { post } from "./post.js";
import { roomWords } from "./words.js";

// Resolves to {link, problem}: one of them is empty. Never rejects.
export async function reconnectLink(room) {
  try {
    const { state, problem } = await post(room.url("reconnect-link/"), { after: room.rows.last });
    if (problem) room.take(state);
    return { link: problem ? "" : state.link, problem };
  } catch (error) {
    return { link: "", problem: error.problem || roomWords().unreachable };
  }
}
