"""What a careful reader would find fault with: axe-core's rules, small targets, a page wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[4] / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]

_RUN = """options => axe.run(document, options).then(found => found.violations.flatMap(rule => rule.nodes.map(
  node => rule.id + ': ' + node.target.join(' ') + ' — ' + node.failureSummary.replace(/\\s+/g, ' ').slice(0, 240))))"""

# The area that answers a tap: a row's title covers its row, a box is pressed by its label.
# A link inside a sentence may be as low as its line (WCAG 2.5.8).
_SMALL = """least => {
  const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const words = e => [...e.parentElement.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
  const area = e => e.matches('.row-title') ? e.closest('li')
    : e.matches('[type=checkbox], [type=radio]') ? e.closest('label') ?? e : e;
  return [...document.querySelectorAll(pressed)]
    .filter(e => e.checkVisibility() && !e.matches('.skip:not(:focus)'))
    .filter(e => getComputedStyle(e).display !== 'inline' || !words(e))
    .map(e => [area(e).getBoundingClientRect(), e.outerHTML.slice(0, 120)])
    .filter(([box]) => box.width && box.height && (box.width < least || box.height < least))
    .map(([box, html]) => `${Math.round(box.width)} × ${Math.round(box.height)} ${html}`);
}"""

_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > room + 0.5)
    .map(e => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`).slice(-3);
}"""


def until(condition: Callable[[], bool], page: Page, seconds: float = 15) -> None:
    """Waits while the page goes on: its requests are answered meanwhile."""
    for _ in range(int(seconds * 10)):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


@lru_cache(maxsize=1)
def axe() -> str:
    """axe-core's source; skips when the front end's packages are not there."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run make setup")
    return AXE.read_text("utf-8")


def faults(page: Page, *, look: str = "", rules: tuple[str, ...] = ()) -> list[str]:
    """Violations of WCAG 2.2 A and AA (or of these rules alone); in the elder look also contrast below 7:1."""
    if not page.evaluate("'axe' in window"):  # half a megabyte to read, once a page
        page.evaluate(axe())
    options: dict[str, Any] = {
        "runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES},
        "rules": {"color-contrast-enhanced": {"enabled": look == "elder"}},
        "resultTypes": ["violations"],
    }
    found: list[str] = page.evaluate(_RUN, options)
    return found


def small_targets(page: Page, *, look: str = "") -> list[str]:
    """Things to press that are lower or narrower than 44 px (elder: 56)."""
    found: list[str] = page.evaluate(_SMALL, 55.5 if look == "elder" else 43.5)
    return found


def too_wide(page: Page) -> list[str]:
    """What sticks out when the page must be scrolled sideways."""
    found: list[str] = page.evaluate(_WIDE)
    return found


def unfold_all(page: Page) -> None:
    """Open every folded part but the menus, which lie over the page; forms fetched on opening are there then."""
    page.evaluate("document.querySelectorAll('details:not(.menu-fold)').forEach(one => one.open = true)")
    expect(page.locator("details[open] > .act-form > .act-later")).to_have_count(0)


def at(page: Page, address: str) -> Page:
    """Go there and wait until the scripts have done their part."""
    page.goto(address, wait_until="load")
    page.wait_for_selector("html.js", state="attached")
    return page
