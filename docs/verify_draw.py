#!/usr/bin/env python3
"""Run a draw again, from its published file, with nothing but Python's standard library.

    python3 verify_draw.py draw-12.json

The file is what /draw/12.json gives. Checked are: the list against the digest announced; the announcement and the
result against the leaves of the trail they stand in; that the announcement came before the seed; the key made of the
seed's sources; and every pick. Exit code 0 if all of it holds, 1 if not, 2 if the file cannot be read.

This program is written apart from the platform that made the draw and uses none of its code. It cannot tell whether
the seed's public numbers are the true ones: look them up where the file says. Nor whether the leaves stand in the
public tree: that needs the tree's heads.
"""

import base64
import hashlib
import json
import sys

ANNOUNCED = [
    "draw",
    "kind",
    "scope",
    "attempt",
    "purpose",
    "list_sha256",
    "size",
    "count",
    "sources",
    "draw_at",
    "method",
]


def key_of(values):
    """Numbers in rising order, each with a full stop; a word in capital letters and digits; a slash after each."""
    key = ""
    for value in values:
        if isinstance(value, str):
            parts = ["".join(c for c in value.upper() if "0" <= c <= "9" or "A" <= c <= "Z")]
        else:
            parts = [str(number) for number in sorted(value)]
        key += "".join(part + "." for part in parts) + "/"
    return key


def picks(key, size, count):
    """RFC 3797 with SHA-256: which of a list of `size`, in the order picked."""
    left, found = list(range(size)), []
    for i in range(count):
        turn = i.to_bytes(2, "big")
        number = int.from_bytes(hashlib.sha256(turn + key.encode() + turn).digest(), "big")
        found.append(left.pop(number % len(left)))
    return found


def shares(sizes, count):
    """How many of each stratum: in proportion, what is left by largest remainder, ties by name."""
    total = sum(sizes.values())
    given = {name: count * size // total for name, size in sizes.items()}
    rest = sorted(sizes, key=lambda name: (-(count * sizes[name] % total), name))
    for name in rest[: count - sum(given.values())]:
        given[name] += 1
    return given


def result(text, count, key):
    """The names drawn, stratum by stratum."""
    strata = {}
    for line in text.split("\n")[:-1]:
        stratum, name = line.split("\t")
        strata.setdefault(stratum, []).append(name)
    wanted = shares({name: len(some) for name, some in strata.items()}, count)
    drawn = []
    for name in sorted(strata):
        own = key + name + "/" if name else key
        drawn += [strata[name][i] for i in picks(own, len(strata[name]), wanted[name])]
    return drawn


def leaf(given):
    """What a leaf of the trail says, if its bytes have its hash; else None."""
    body = base64.b64decode(given["body"])
    return json.loads(body) if hashlib.sha256(b"\x00" + body).hexdigest() == given["hash"] else None


def faults(file):
    """What does not hold, in words."""
    text = file["list"]
    names = [line.split("\t")[1] for line in text.split("\n")[:-1]]
    if hashlib.sha256(text.encode()).hexdigest() != file["list_sha256"]:
        yield "the list is not the one whose digest was announced"
    if len(names) != file["size"] or len(set(names)) != len(names) or not text.endswith("\n"):
        yield "the list is not of the size announced, or names one twice"
    first = leaf(file["announcement"])
    if first is None or any(first["what"].get(name) != file[name] for name in ANNOUNCED):
        yield "the announcement's leaf does not say what the file says"
    elif first["at"] >= file["draw_at"]:
        yield "it was not announced before its time"
    if file["state"] == "announced":
        return
    values = [value["value"] for value in file["values"]]
    if any(value["at"] < file["draw_at"] for value in file["values"]):
        yield "a source of the seed is older than the time announced"
    key = key_of(values)
    if key != file["key"]:
        yield "the key does not follow from the sources"
    last = leaf(file["ending"])
    told = {"draw": file["draw"], "key": file["key"], "result": file["result"], "void": file["void"]}
    if last is None or any(last["what"].get(name) != value for name, value in told.items()):
        yield "the result's leaf does not say what the file says"
    if file["state"] == "drawn" and result(text, file["count"], key) != file["result"]:
        yield "drawn again, the result is another one"


def main(path):
    try:
        with open(path, encoding="utf-8") as stream:
            file = json.load(stream)
        if file.get("format") != "zhili-draw/1":
            raise ValueError("not a draw's file")
        found = list(faults(file))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"cannot be read: {type(error).__name__}: {error}")
        return 2
    print(f"draw {file['draw']}: {file['purpose']}")
    for fault in found:
        print(f"  WRONG  {fault}")
    if found:
        return 1
    if file["state"] == "void":
        print(f"  void: {file['void']}")
    elif file["state"] == "announced":
        print(f"  announced, not drawn yet; the list of {file['size']} is frozen")
    else:
        print(f"  holds: {file['count']} of {file['size']}, key {file['key']}")
        print("  " + " ".join(file["result"]))
    print("  look up yourself: " + "; ".join(v["said"] for v in file["values"] if v))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
