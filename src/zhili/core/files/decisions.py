"""What offices decided about a file: masks over faces and plates, fit for the public or not, withdrawn from view.

A decision is about the bytes (their SHA-256): the same picture sent twice is masked twice. Each is a
``trail.Change`` with its leaf, only ever added to; the last of each sort holds. Masking again, with fewer rectangles
or none, is the way back. The original is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core.files import blobs
from zhili.core.people.actors import Actor
from zhili.core.trail import changes
from zhili.core.trail.models import Change

SUBJECT: Final = "file"
MASKED, CHECKED, HIDDEN, WITHDRAWN, GIVEN_BACK = "masked", "checked", "hidden", "withdrawn", "given_back"
WHOLE: Final = 10_000
"""Rectangles are in ten-thousandths of the upright picture's width and height, so they fit every copy."""
MOST_BOXES: Final = 100
STYLES: Final = ("pixel", "black")


class Box(NamedTuple):
    """A rectangle to hide: left, top, width, height."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Standing:
    """What holds for a file now. ``version`` names its copies: another one is drawn anew under another name."""

    version: int = 0
    boxes: tuple[Box, ...] = ()
    style: str = "pixel"
    checked: bool | None = None
    """True: an office looked and let it out; False: it is not to go out; None: nobody looked."""
    withdrawn: bool = False
    reason: str = ""
    last: int = 0
    """The last decision's id: what a form remembers it has seen."""


class BadBoxes(ValueError):
    """Rectangles that cannot be meant; in words."""


NOTHING: Final = Standing()


def standing(sha256: str) -> Standing:
    """What holds for the bytes now. One query."""
    return standings([sha256]).get(sha256, NOTHING)


def standings(hashes: Iterable[str]) -> dict[str, Standing]:
    """The same for many; those nobody decided about are left out. One query."""
    found: dict[str, Standing] = {}
    rows = Change.objects.filter(subject=SUBJECT, key__in=set(hashes)).order_by("id")
    for one in rows:
        found[one.key] = folded(found.get(one.key, NOTHING), one)
    return found


def folded(before: Standing, one: Change) -> Standing:
    if one.done == MASKED:
        after = replace(
            before,
            version=before.version + 1,
            boxes=tuple(Box(*box) for box in one.after.get("boxes", [])),
            style=one.after.get("style", "pixel"),
            checked=True,
        )
    elif one.done in (CHECKED, HIDDEN):
        after = replace(before, checked=one.done == CHECKED)
    else:
        after = replace(before, withdrawn=one.done == WITHDRAWN, reason=one.reason)
    return replace(after, last=one.pk)


def history(sha256: str) -> list[Change]:
    """Every decision, newest first."""
    return list(Change.objects.filter(subject=SUBJECT, key=sha256).order_by("-id"))


def mask(
    sha256: str, boxes: Sequence[Box], style: str, by: Actor, *, reason: str = "", seen: int | None = None
) -> Standing:
    """Hide these rectangles, and no others, in every public copy. Looking at it enough to mask it is a check.

    Raises BadBoxes, changes.Overtaken (somebody decided after ``seen``).
    """
    wanted = checked_boxes(boxes)
    if style not in STYLES:
        raise BadBoxes(_("请选择打码的方式。"))
    after = {"boxes": [list(box) for box in wanted], "style": style, "count": len(wanted)}
    return _decide(sha256, MASKED, by, reason, seen, after)


def check(sha256: str, by: Actor, *, fit: bool, reason: str = "", seen: int | None = None) -> Standing:
    """An office looked: fit to be shown to everybody as it is, or not to be shown at all."""
    return _decide(sha256, CHECKED if fit else HIDDEN, by, reason, seen)


def withdraw(sha256: str, by: Actor, reason: str, *, seen: int | None = None) -> Standing:
    """Nobody is shown it any more, in any form; the bytes stay, as evidence."""
    return _decide(sha256, WITHDRAWN, by, reason, seen)


def give_back(sha256: str, by: Actor, reason: str, *, seen: int | None = None) -> Standing:
    return _decide(sha256, GIVEN_BACK, by, reason, seen)


def _decide(
    sha256: str, done: str, by: Actor, reason: str, seen: int | None, after: dict[str, object] | None = None
) -> Standing:
    with transaction.atomic():
        changes.begin(SUBJECT, sha256, seen)
        before = standing(sha256)
        was = {"count": len(before.boxes)} if done == MASKED else {}
        changes.record(
            SUBJECT, done, by, key=sha256, office=by.office_id, before=was, after=after, reason=reason
        )
        if done == MASKED:  # copies of before are asked for by nobody any more: their names carry the version
            transaction.on_commit(lambda: blobs.remove_copies(sha256))
        return standing(sha256)


def checked_boxes(boxes: Sequence[Box]) -> list[Box]:
    """Cut to the picture; empty ones are left out. Raises BadBoxes."""
    if len(boxes) > MOST_BOXES:
        raise BadBoxes(_("一张图片最多画 {most} 个方框。").format(most=MOST_BOXES))
    cut = []
    for box in boxes:
        left, top = max(0, box.left), max(0, box.top)
        right, bottom = min(WHOLE, box.left + box.width), min(WHOLE, box.top + box.height)
        if right > left and bottom > top:
            cut.append(Box(left, top, right - left, bottom - top))
    return cut
