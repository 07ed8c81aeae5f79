// What an agent chose for this device: kept in the browser, the same in all of its tabs.

const ON_AT_FIRST = { keys: true, sound: true, notify: false };

export function isOn(name) {
  const kept = localStorage.getItem(`parley:device:${name}`);
  return kept === null ? ON_AT_FIRST[name] : kept === "on";
}

const keep = (name, on) => localStorage.setItem(`parley:device:${name}`, on ? "on" : "off");

// The switches of the sheet. Notifications are asked for when they are switched on, and not before.
export function startSettings(dialog) {
  const note = dialog.querySelector("[data-part=device-note]");
  const switches = [...dialog.querySelectorAll("[data-setting]")];
  const show = () => switches.forEach((one) => { one.checked = isOn(one.dataset.setting); });
  for (const one of switches) {
    one.addEventListener("change", async () => {
      const denied = one.checked && one.dataset.setting === "notify" && !(await allowed());
      keep(one.dataset.setting, one.checked && !denied);
      note.textContent = denied ? dialog.dataset.denied : "";
      show();
    });
  }
  addEventListener("storage", show);
  show();
}

async function allowed() {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}
