// Who is typing, for as long as they go on.

const LASTS = 6_000;

export function startTyping(room) {
  const box = room.part("typing");
  const said = box.firstElementChild;
  let timer;
  let { agent: present } = room.page.names;

  function stop() {
    clearTimeout(timer);
    said.hidden = true;
  }

  room.on("typing", () => {
    if (!room.page.open) return; // it was on its way when the session ended
    clearTimeout(timer);
    const { customer, agent } = room.page.names;
    said.querySelector("span").textContent = box.dataset.says.replace("{name}", room.page.side === "agent" ? customer : agent);
    said.hidden = false;
    timer = room.life.after(LASTS, stop);
  });
  room.on("added", ({ item }) => { if (item.querySelector(":scope > .bubble:not(.bubble-mine)")) stop(); });
  // Nobody goes on typing in a session that ended, or that another agent took over.
  room.on("state", ({ open, names }) => {
    if (!open || names.agent !== present) stop();
    present = names.agent;
  });
}
