// A page of older rows is for browsers without script; with one, a room begins at its newest.

export function newestOnly(root) {
  if (root && !JSON.parse(root.querySelector("script[type='application/json']").textContent).newest) {
    location.replace(root.dataset.address);
  }
}
