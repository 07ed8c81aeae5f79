// What is pressed stays until it is let go: a click on something that was replaced meanwhile would be lost.

let pressed = false;
const waiting = new Map(); // by place: only the newest

addEventListener("pointerdown", () => { pressed = true; }, true);
// After the click that follows.
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(letGo), true);
addEventListener("blur", letGo); // of the window: whatever is let go elsewhere is not told

function letGo() {
  pressed = false;
  const all = [...waiting.values()];
  waiting.clear();
  for (const change of all) change();
}

// Make a change to what is shown in a place, now or as soon as nothing is pressed any more.
export function calmly(place, change) {
  waiting.delete(place);
  if (pressed) waiting.set(place, change);
  else change();
}
