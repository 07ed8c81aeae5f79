// Earlier rows come by themselves when one scrolls towards them, without moving what is being read.

const AHEAD = 800; // pixels above what is in view

export function startEarlier(room) {
  const box = room.part("earlier");
  const link = box.querySelector("a");
  let loading = null;
  const watch = new IntersectionObserver(
    ([{ isIntersecting }]) => { if (isIntersecting) load(); },
    { root: room.rows.box, rootMargin: `${AHEAD}px 0px 0px 0px` },
  );
  watch.observe(box);
  room.life.atEnd(() => watch.disconnect());
  room.life.on(link, "click", (event) => { event.preventDefault(); load(); });

  // One question at a time. Resolves to whether there are still earlier ones; false also when they could not be had now.
  function load() {
    loading ??= ask().catch(() => false).finally(() => { loading = null; });
    return loading;
  }

  async function ask() {
    if (box.hidden) return false;
    const address = room.url(`earlier/?before=${room.rows.first()}`);
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15_000) });
    if (!response.ok) return false;
    const { rows, more } = await response.json();
    room.rows.addBefore(rows);
    box.hidden = !more;
    watch.unobserve(box);
    watch.observe(box); // it says again whether it is near
    return more;
  }

  room.loadEarlier = load;
}
