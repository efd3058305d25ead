"""Somebody who has only a keyboard."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const ringed = one => {
    const style = one && getComputedStyle(one);
    return !!one && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const ring = ringed(e) || (e.matches('.row-title') && ringed(e.closest('li')));  // a row's title covers its row
  const shown = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  return {name: (e.getAttribute('aria-label') || e.innerText || e.name || e.id || e.tagName).trim().slice(0, 60),
    tag: e.tagName, id: e.id, ring, shown, top: box.top + scrollY, left: box.left, main: !!e.closest('#main'),
    map: !!e.closest('.map')};
}"""


class Keys:
    """Somebody without a mouse. Each stop must be seen, and in reading order within the main part."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops: list[dict[str, Any]] = []
        self.wrong: list[str] = []

    def tab(self) -> dict[str, Any] | None:
        self.page.keyboard.press("Tab")
        here: dict[str, Any] | None = self.page.evaluate(_FOCUS)
        if here is None:
            return None
        if not here["ring"]:
            self.wrong.append(f"no ring on {here['tag']} {here['name']}")
        if not here["shown"]:
            self.wrong.append(f"out of sight: {here['tag']} {here['name']}")
        before = self.stops[-1] if self.stops else None
        if before and before["main"] and here["main"] and not (before["map"] or here["map"]):
            lower, beside = here["top"] >= before["top"] - 8, here["left"] > before["left"]
            if not lower and not beside:
                self.wrong.append(f"backwards: {before['name']} → {here['name']}")
        self.stops.append(here)
        return here

    def to(self, name: str, tag: str = "", most: int = 60) -> None:
        """Press Tab until there."""
        for _ in range(most):
            here = self.tab()
            if here and (name in here["name"] or name == here["id"]) and tag in here["tag"]:
                return
        raise AssertionError(f"{name} is not reached; passed {[stop['name'] for stop in self.stops[-most:]]}")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def once_round(self, most: int = 120) -> int:
        """Tab through the whole page until it ends or begins again: no trap."""
        first = len(self.stops)
        for n in range(most):
            here = self.tab()
            if here is None:
                return n
            if n and (here["id"], here["name"], here["top"]) == tuple(
                self.stops[first][k] for k in ("id", "name", "top")
            ):
                return n
        raise AssertionError(f"no way out: {[stop['name'] for stop in self.stops[-6:]]}")
