// The on-screen keyboard: where it covers the page instead of making it smaller, the page is made smaller here, so that
// what is being written stays in view.

export function startViewport() {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    const covered = window.innerHeight - seen.height > 1 && seen.scale === 1;
    document.body.style.height = covered ? `${seen.height}px` : "";
    if (covered) scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
  seen.addEventListener("scroll", fit);
  fit();
}
