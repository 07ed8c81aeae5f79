// Whether the server can be reached, as the page shows it.

export function reachable(is) {
  const banner = document.getElementById("offline");
  if (banner) banner.hidden = is;
  if (is) dispatchEvent(new Event("parley:reachable"));
}

addEventListener("offline", () => reachable(false));
