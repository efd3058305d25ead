#!/usr/bin/env python3
"""Count published statistics again from their open data, with nothing but Python's standard library.

    python3 verify_stats.py 2026-10.zip [published.json]

The zip is what /stats/open/2026-10.zip gives; published.json what /stats/open/2026-10.json shows, to see that page and
file say the same. Every figure is counted from matters.csv and compared. Exit code 0 if all are equal, 1 with every
difference by name if not, 2 if a file cannot be read.

This program is written apart from the platform and uses none of its code. It cannot tell whether the rows themselves
are true: whoever reported a matter finds its row by its number.
"""

import csv
import hashlib
import io
import json
import sys
import zipfile
from datetime import date

LARGEST = 2**31


def parts(text, month):
    """(day, what stands after the colon) of a list's parts that lie in the month."""
    found = []
    for part in text.split(";") if text else []:
        day, _colon, rest = part.partition(":")
        if day[:7] == month:
            found.append((date.fromisoformat(day), rest))
    return found


def share(part, whole):
    """To four places, half up."""
    return (20000 * part + whole) // (2 * whole) / 10000 if whole else None


def rank(days, fraction):
    """The smallest value that at least this part of all are no greater than."""
    days = sorted(days)
    return next((d for i, d in enumerate(days, 1) if i >= fraction * len(days)), None)


def figures(rows, month):
    """Every figure over these rows."""
    n = dict.fromkeys(
        [
            "opened",
            "answered",
            "closed",
            "refused",
            "withdrawn",
            "reopened",
            "returned",
            "overdue",
            "on_time",
            "unclocked",
            "rated",
            "rating_sum",
            "settled",
        ],
        0,
    )
    to_answer, to_close = [], []
    for row in rows:
        opened = date.fromisoformat(row["opened"])
        if row["opened"][:7] == month:
            n["opened"] += 1
            n["settled"] += len(row["ends"].split(";")) if row["ends"] else 0
        for day, how in parts(row["answers"], month):
            n["answered"] += 1
            n["on_time"] += how == "o"
            n["unclocked"] += how == "u"
            to_answer.append((day - opened).days)
        for day, outcome in parts(row["ends"], month):
            n[outcome] += 1
            if outcome == "closed":
                to_close.append((day - opened).days)
        n["reopened"] += len(parts(row["reopenings"], month))
        n["returned"] += len(parts(row["returns"], month))
        n["overdue"] += len(parts(row["overdues"], month))
        for _day, mark in parts(row["ratings"], month):
            n["rated"] += 1
            n["rating_sum"] += int(mark)
    return {
        **n,
        "open": n["opened"] - n["settled"],
        "closed_share": share(n["settled"], n["opened"]),
        "reopened_share": share(n["reopened"], n["answered"]),
        "on_time_share": share(n["on_time"], n["answered"] - n["unclocked"]),
        "rating": share(n["rating_sum"], n["rated"]),
        "to_answer_median": rank(to_answer, 0.5),
        "to_answer_p90": rank(to_answer, 0.9),
        "to_close_median": rank(to_close, 0.5),
        "to_close_p90": rank(to_close, 0.9),
    }


def recount(rows, month):
    """All, by scenario, and of the matters opened in the month by category."""
    scenarios, categories = {}, {}
    for row in rows:
        scenarios.setdefault(row["scenario"], []).append(row)
        if row["opened"][:7] == month:
            one = categories.setdefault((row["scenario"], row["category"]), [0, 0])
            one[0] += 1
            one[1] += len(row["ends"].split(";")) if row["ends"] else 0
    counted = {name: figures(some, month) for name, some in scenarios.items()}
    return {
        "all": figures(rows, month),
        "by_scenario": {name: one for name, one in counted.items() if any(one.values())},
        "by_category": [
            {"scenario": s, "category": c, "opened": o, "settled": e, "closed_share": share(e, o)}
            for (s, c), (o, e) in sorted(categories.items())
        ],
    }


def differences(told, found, name=""):
    """Each difference of two documents, with where it stands."""
    if isinstance(told, dict) and isinstance(found, dict):
        for key in sorted({*told, *found}):
            yield from differences(told.get(key), found.get(key), f"{name}.{key}".lstrip("."))
    elif isinstance(told, list) and isinstance(found, list) and len(told) == len(found):
        for i, pair in enumerate(zip(told, found, strict=True)):
            yield from differences(*pair, f"{name}[{i}]")
    elif told != found:
        yield f"{name}: published {told}, counted {found}"


def main(path, published=None):
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST:
                raise ValueError("unpacks to more than it may")
            document, matters = json.loads(packed.read("figures.json")), packed.read("matters.csv")
        if document["format"] != "zhili-stats/1":
            raise ValueError("not published statistics")
        month = document["period"]["from"][:7]
        rows = list(csv.DictReader(io.StringIO(matters.decode())))
        found = list(differences(document["figures"], recount(rows, month)))
        if hashlib.sha256(matters).hexdigest() != document["matters_sha256"]:
            found.append("matters.csv: not the file the figures name by its SHA-256")
        if published:
            with open(published, encoding="utf-8") as stream:
                shown = json.load(stream)
            shown.pop("publication", None)
            found += [f"shown on the page: {one}" for one in differences(shown, document)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, EOFError) as error:
        print(f"cannot be read: {type(error).__name__}: {error}")
        return 2
    print(f"{month}: {len(rows)} matters, trail head {document['head']['size']} {document['head']['root']}")
    for one in found:
        print(f"  DIFFERENT  {one}")
    if not found:
        print("  every figure is what the rows say")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
