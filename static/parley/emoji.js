// A small choice of emoji for whoever has no keyboard for them. Phones have one: there the button is not shown.

import { insert } from "./insert.js";

const GROUPS = [
  "😀 😃 😄 😁 😅 😂 🙂 😉 😊 😍 🤩 😘 😎 🤔 🤨 😐 🙄 😏 😌 😴 😕 😟 🙁 😮 😢 😭 😱 😡 🤯 🥳",
  "👍 👎 👌 ✌️ 🤞 👋 🙏 👏 🙌 💪 🤝 👉 👈 👆 👇 ✋ ✍️ 👀 🧑 👪",
  "❤️ 💙 💚 💛 ⭐ ✨ 🔥 🎉 🎂 🎁 🌹 ☀️ ☕ 🍀 🐱 🐶 🚗 🏠 📞 📧",
  "✅ ❌ ❗ ❓ ⚠️ ⏳ ⏰ 📅 📎 📄 ✏️ 🔒 🔑 💡 💬 💶 ➡️ ⬅️ ⬆️ ⬇️",
].map((group) => group.split(" "));
const COLUMNS = 10;

export function startEmoji(room) {
  const [button, text] = [room.part("emoji-button"), room.part("text")];
  if (!button) return;
  let panel;

  const close = (focus = true) => {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) button.focus();
  };

  function open() {
    panel ??= button.closest(".room-foot").appendChild(build(button.title, take));
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    panel.querySelector("[tabindex='0']").focus();
  }

  function take(emoji) {
    close(false);
    insert(text, emoji);
  }

  room.life.on(button, "click", () => { if (panel && !panel.hidden) close(); else open(); });
  room.life.on(room.root, "keydown", (event) => {
    if (event.key === "Escape" && panel?.contains(event.target)) close();
  });
  room.life.on(document, "pointerdown", ({ target }) => {
    if (panel && !panel.hidden && !panel.contains(target) && !button.contains(target)) close(false);
  });
}

function build(label, take) {
  const panel = document.createElement("div");
  panel.className = "panel emoji-panel";
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", label);
  for (const group of GROUPS) {
    const part = document.createElement("div");
    part.className = "emoji-group";
    part.append(...group.map(choice));
    panel.append(part);
  }
  panel.querySelector("button").tabIndex = 0;
  panel.addEventListener("click", ({ target }) => { if (target.dataset.emoji) take(target.dataset.emoji); });
  panel.addEventListener("keydown", move);
  return panel;
}

function choice(emoji) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "emoji";
  button.tabIndex = -1;
  button.dataset.emoji = button.textContent = emoji;
  return button;
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };

function move(event) {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("button")];
  const next = all[all.indexOf(event.target) + step];
  if (!next) return;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
