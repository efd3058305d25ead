"""Reading a query string: whatever is typed there, the answer is a page and not a fault of the database."""

from django.http import QueryDict

LONGEST = 100
LARGEST = 2**63 - 1


def number_in(asked: QueryDict, name: str) -> int | None:
    """A whole number the database can hold; None for anything else."""
    text = asked.get(name, "")
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 20):
        return None
    found = int(text)
    return found if found <= LARGEST else None


def text_in(asked: QueryDict, name: str) -> str:
    """A short text without what PostgreSQL cannot store."""
    text = asked.get(name, "")
    return text.replace("\x00", "").strip()[:LONGEST] if isinstance(text, str) else ""
