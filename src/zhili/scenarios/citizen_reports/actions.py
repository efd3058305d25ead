"""What a step of a report does beyond moving it. No input or output here."""

from zhili.core.cases.changing import Change


def note_reporter(change: Change) -> None:
    """Keep whether the reporter wished to stay unnamed."""
    change.detail["anonymous"] = bool(change.values.get("anonymous", True))


def note_on_behalf(change: Change) -> None:
    """A seat wrote it down for a caller."""
    change.detail.update(on_behalf=True, anonymous=bool(change.values.get("anonymous", False)))


def note_patrol(change: Change) -> None:
    """Found on patrol, not reported by a resident."""
    change.detail.update(patrol=True, anonymous=False)


def set_category(change: Change) -> None:
    """The office decides what a report is about; the reporter's own choice stays in the first step."""
    if category := change.values.get("category"):
        change.case.category = category


def keep_rating(change: Change) -> None:
    """The reporter's mark, 1 to 5."""
    change.case.rating = int(change.values["rating"])


def keep_call_back(change: Change) -> None:
    """What the independent call-back heard."""
    change.detail["call_back"] = change.values["result"]
