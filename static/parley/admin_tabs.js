// Tabs of the forms in Django admin by keyboard: the arrows, Home and End go from tab to tab.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

for (const list of document.querySelectorAll("[role=tablist]")) list.addEventListener("keydown", move);

function move(event) {
  const tabs = [...event.currentTarget.querySelectorAll("[role=tab]")];
  const ends = { Home: 0, End: tabs.length - 1 };
  const here = tabs.indexOf(event.target.closest("[role=tab]"));
  const there = ends[event.key] ?? (event.key in STEPS ? (here + STEPS[event.key] + tabs.length) % tabs.length : here);
  if (there === here) return;
  event.preventDefault();
  tabs[there].click();
  tabs[there].focus();
}
