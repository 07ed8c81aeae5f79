"""Measures, in two browsers, how long it takes from the key that sends to the paint in which it can be read."""

import statistics
import time
from dataclasses import dataclass
from itertools import count

from playwright.sync_api import Page

NOTE_KEYS = """() => {
  window.sentAt = 0;
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.sentAt = performance.timeOrigin + event.timeStamp;
  }, { capture: true });
}"""
NOTE_PAINTS = """() => {
  window.paintedAt = {};
  const wanted = /way-\\d+-/g;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        for (const [name] of (node.textContent ?? "").matchAll(wanted)) {
          requestAnimationFrame(() => setTimeout(() => {
            window.paintedAt[name] ??= performance.timeOrigin + performance.now();
          }));
        }
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""
PATIENCE = 10.0

_numbers = count()
"""Each message has its own, since whoever writes it sees it, too."""


@dataclass(frozen=True)
class Way:
    """One direction of a conversation: who types, and who reads."""

    writer: Page
    reader: Page

    def listen(self) -> None:
        """Take notes in both pages."""
        self.writer.evaluate(NOTE_KEYS)
        self.reader.evaluate(NOTE_PAINTS)

    def measure(self, messages: int, pause: float) -> list[float]:
        """Seconds from key to paint of each message, one after the other."""
        return [self._one(next(_numbers), pause) for _ in range(messages)]

    def _one(self, number: int, pause: float) -> float:
        name = f"way-{number}-"
        text = self.writer.locator("textarea[name=text]:visible")
        text.fill(f"{name} A message of a usual length, as people write it.")
        time.sleep(pause)
        text.press("Enter")
        deadline = time.monotonic() + PATIENCE
        while not (painted := self.reader.evaluate("(name) => window.paintedAt[name] ?? 0", name)):
            if time.monotonic() > deadline:
                raise SystemExit(f"Message {number} did not arrive within {PATIENCE:.0f} s.")
            time.sleep(0.02)
        return float(painted - self.writer.evaluate("() => window.sentAt")) / 1000


def in_words(name: str, seconds: list[float]) -> str:
    """One row of the table, in milliseconds."""
    ordered = sorted(seconds)
    ninety_fifth = ordered[int(len(ordered) * 0.95)]
    return f"| {name:<32} | {statistics.median(seconds) * 1000:>6.0f} ms | {ninety_fifth * 1000:>6.0f} ms |"
