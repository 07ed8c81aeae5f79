// Whether the server can be reached, as the page shows it.

export function reachable(is) {
  const banner = document.getElementById("offline");
  if (banner) banner.hidden = is;
  dispatchEvent(new Event(is ? "parley:reachable" : "parley:unreachable"));
}

addEventListener("offline", () => reachable(false));
