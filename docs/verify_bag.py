#!/usr/bin/env python3
"""Check a folder of evidence (BagIt, RFC 8493), with nothing but Python's standard library and verify_receipt.py.

    python3 verify_bag.py .                        # in the unpacked folder; the ZIP itself may be named as well
    python3 verify_bag.py . --key 'zhili…'         # and that it is this trail's key which signed it

Checked are, part by part: that every file is the one packed and none was added (SHA-256 against the manifests, read
strictly); the signature over the folder as a whole; every proof, as verify_receipt.py does; that each line of
custody.json is what its leaf in the tree commits to, with no step left out between the first and the last; that
custody.html, which people read, has a row for each of these steps; and that each file is one whose SHA-256 a leaf
names. Exit code 0 if all of it holds, 1 and every fault by name if not, 2 if the folder cannot be read.

This program and verify_receipt.py lie in the folder they check. Whoever altered the folder may have altered them: take
them from the site's own documentation, or from a colleague, when it matters.
"""

import hashlib
import html
import io
import json
import os
import re
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True  # nothing is left behind in the folder that is checked
import verify_receipt as receipts  # noqa: E402

MANIFEST, TAGMANIFEST, SEAL = "manifest-sha256.txt", "tagmanifest-sha256.txt", "seal.txt"
VERSION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LINE = re.compile(r"([0-9a-f]{64})  ([^\n\r]+)\n")
ROW = re.compile(r"<tr><td>(\d+)</td><td>[^<]*</td><td>([^<]*)</td><td>")
IN_A_LINE = ("seq", "at", "action", "from", "to", "by", "index", "title", "who", "stage", "words")
WITHHELD = ("data", "why")


class Folder:
    """The files of a bag by path; a ZIP is read where it lies."""

    def __init__(self, path):
        self.archive = None
        if os.path.isdir(path):
            self.top = path
            self.names = {
                os.path.relpath(os.path.join(base, name), path).replace(os.sep, "/")
                for base, folders, names in os.walk(path)
                for name in names
            }
            return
        self.archive = zipfile.ZipFile(path)
        every = [one.filename for one in self.archive.infolist() if not one.is_dir()]
        tops = {name.split("/", 1)[0] for name in every}
        if len(tops) != 1 or len(set(every)) != len(every):
            raise receipts.Unreadable("the ZIP holds no single folder, or a name twice")
        self.top = tops.pop()
        self.names = {name.split("/", 1)[1] for name in every if "/" in name}

    def open(self, name):
        if self.archive is not None:
            return self.archive.open(self.top + "/" + name)
        return open(os.path.join(self.top, *name.split("/")), "rb")

    def read(self, name):
        with self.open(name) as stream:
            return stream.read()

    def hash(self, name):
        digest = hashlib.sha256()
        with self.open(name) as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()


class Bag:
    """What holds (`facts`) and what does not (`faults`) of one folder."""

    def __init__(self, folder, pinned):
        self.folder, self.pinned = folder, pinned
        self.facts, self.faults, self.checks = [], [], {}
        self.payload, self.tags = {}, {}

    def run(self):
        if MANIFEST not in self.folder.names or TAGMANIFEST not in self.folder.names:
            raise receipts.Unreadable("not a bag: its manifests are missing")
        self.payload, self.tags = self.manifest(MANIFEST), self.manifest(TAGMANIFEST)
        self.part(self.files)
        self.part(self.seal)
        for name in sorted(self.folder.names):
            if name.startswith("proofs/") and name.endswith(".json"):
                self.part(self.proofs, name)
        for name in sorted(self.payload):
            if name.endswith("/custody.json"):
                self.part(self.custody, name)
        return self

    def part(self, work, *given):
        """Do a part; a fault is kept by name, and the others are looked at all the same."""
        try:
            work(*given)
        except receipts.Wrong as wrong:
            self.faults.append("{} {}".format(*wrong.args))
        except (receipts.Unreadable, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
                zipfile.BadZipFile) as error:  # fmt: skip
            here = given[0] if given else work.__name__
            self.faults.append(f"{here} cannot be read: {type(error).__name__} {error}")

    def manifest(self, name):
        """{path: hash}; a line that is not exactly as it must be is a fault."""
        found = {}
        try:
            text = self.folder.read(name).decode()
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            self.faults.append(f"{name} cannot be read: {error}")
            return found
        for number, line in enumerate(text.splitlines(keepends=True), 1):
            match = LINE.fullmatch(line)
            if match is None or match[2] in found or match[2].startswith("/") or ".." in match[2].split("/"):
                self.faults.append(f"{name} line {number} was altered: it is not as a manifest is written")
            else:
                found[match[2]] = match[1]
        return found

    def files(self):
        listed = {**self.payload, **self.tags}
        for name, digest in sorted(listed.items()):
            if name not in self.folder.names:
                self.faults.append(f"{name} is missing from the folder")
                continue
            try:
                fits = self.folder.hash(name) == digest
            except (OSError, zipfile.BadZipFile):  # the ZIP's own checksum has noticed it first
                fits = False
            if not fits:
                self.faults.append(f"{name} is not the file that was packed: its hash differs")
        for name in sorted(self.folder.names - set(listed) - {TAGMANIFEST, SEAL}):
            self.faults.append(f"{name} was put into the folder afterwards")
        for name in self.payload:
            if not name.startswith("data/"):
                self.faults.append(f"{MANIFEST} names {name}, which is no payload")
        for name in ("bagit.txt", "bag-info.txt", MANIFEST):
            if name not in self.tags:
                self.faults.append(f"{TAGMANIFEST} does not name {name}")
        if self.folder.read("bagit.txt") != VERSION:
            self.faults.append("bagit.txt was altered")
        if not self.faults:
            self.facts.append(f"{len(listed) + 1} files as packed, none added")

    def seal(self):
        """The signature over the folder as a whole: it stands for the tag manifest, and so for every byte."""
        if SEAL not in self.folder.names:
            raise receipts.Wrong(SEAL, "is missing: nobody signed this folder as a whole")
        note = self.folder.read(SEAL).decode()
        body, key = receipts.signer_of(note, self.keys(), SEAL)
        expected = receipts.whole_text("bag", self.folder.read(TAGMANIFEST))
        if body != expected:
            raise receipts.Wrong(TAGMANIFEST, "is not the one that was signed: the folder was altered")
        self.facts.append("signed as a whole by " + key)

    def keys(self):
        """The keys this folder may be signed with: the pinned ones alone, where there are any."""
        if self.pinned:
            return self.pinned
        found = []
        for name in sorted(self.folder.names):
            if name.startswith("proofs/") and name.endswith(".json"):
                found += receipts.read_json(self.folder.read(name).decode()).get("keys", [])
        if not found:
            raise receipts.Wrong("key", "is missing: the folder names no key it was signed with")
        return list(dict.fromkeys(found))

    def proofs(self, name):
        file = receipts.read_json(self.folder.read(name).decode())
        if not isinstance(file, dict) or file.get("format") not in receipts.FORMATS:
            raise receipts.Wrong(name, "holds no proofs")
        check = receipts.Check(file, self.pinned).run()
        self.checks[name] = check
        self.faults += [f"{name}: {fault}" for fault in check.faults]
        if not check.faults:
            proven = sum("index" in entry for entry in file["leaves"])
            promised = len(file["leaves"]) - proven
            self.facts.append(f"{name}: {proven} leaves proven" + f", {promised} promised" * bool(promised))

    def custody(self, name):
        """Every line of the chain against the leaf that commits to it."""
        chain = receipts.read_json(self.folder.read(name).decode())
        number = chain["number"]
        proof = f"proofs/{number}.json"
        if proof not in self.checks:
            raise receipts.Wrong(name, f"has no proofs: {proof} is missing")
        entries = {}
        for entry in self.checks[proof].file["leaves"]:
            what = receipts.read_json(entry["leaf"])["what"]
            if what.get("case") == number:
                entries[what["seq"]] = entry
        lines = chain["steps"]
        numbers = [one["seq"] for one in lines]
        if numbers != list(range(1, len(lines) + 1)):
            raise receipts.Wrong(name, "leaves out a step, or has them in another order")
        if set(entries) - set(numbers):
            raise receipts.Wrong(name, "leaves out steps that its proofs hold")
        for line in lines:
            self.part(self.line, name, line, entries.get(line["seq"]))
        self.part(self.page, name[: -len("json")] + "html", lines)
        self.part(self.payload_of, name, number, lines, entries)
        if not any(fault.startswith((name, proof)) for fault in self.faults):
            self.facts.append(f"{name}: {len(lines)} steps, each as its leaf says, none left out")

    def page(self, name, lines):
        """The page people read has a row for each step of the chain, in its order."""
        rows = [
            (int(seq), html.unescape(title)) for seq, title in ROW.findall(self.folder.read(name).decode())
        ]
        steps = [(line["seq"], line["title"]) for line in lines]
        if lacking := [seq for seq, title in steps if (seq, title) not in rows]:
            raise receipts.Wrong(
                name, "does not show step {} of custody.json".format(", ".join(map(str, lacking)))
            )
        if rows != steps:
            raise receipts.Wrong(name, "shows steps that are not in custody.json, or in another order")

    def line(self, name, line, entry):
        here = "{} step {}".format(name, line["seq"])
        if entry is None:
            raise receipts.Wrong(here, "has no leaf")
        if set(line) - set(IN_A_LINE) - set(WITHHELD) - {"withheld"}:
            raise receipts.Wrong(here, "has parts nobody exports")
        leaf = receipts.read_json(entry["leaf"])
        what = leaf["what"]
        said = {
            "at": leaf["at"],
            "action": what["action"],
            "from": what["from"],
            "to": what["to"],
            "by": what["by"],
            "index": entry.get("index"),
        }
        for part, expected in said.items():
            if line.get(part) != expected:
                raise receipts.Wrong(here, f"says another “{part}” than its leaf")
        private = entry.get("private")
        if private is None:
            if any(part in line for part in WITHHELD):
                raise receipts.Wrong(here, "tells what its leaf does not disclose")
            return
        for part in WITHHELD:
            if line.get(part) != private[part]:
                raise receipts.Wrong(here, f"says another “{part}” than its leaf commits to")

    def payload_of(self, name, number, lines, entries):
        """Each file of the item is one whose SHA-256 a leaf of it names."""
        told = json.dumps([entry.get("private") for entry in entries.values()])
        known = set(re.findall(r"[0-9a-f]{64}", told))
        top = name.rsplit("/", 1)[0] + "/files/"
        mine = {path: digest for path, digest in self.payload.items() if path.startswith(top)}
        for path, digest in sorted(mine.items()):
            if digest not in known:
                self.faults.append(
                    f"{path} is no file that the chain of custody tells of: its hash is in no leaf"
                )
        if mine and all(digest in known for digest in mine.values()):
            self.facts.append(f"{number}: the {len(mine)} files packed are those whose hash a leaf recorded")


def tell(path, bag):
    """Print what was found; whether something does not hold."""
    print(path)
    for fact in bag.facts:
        print("  " + fact)
    for fault in dict.fromkeys(bag.faults):
        print("  WRONG  " + fault)
    keys = sorted({check.key for check in bag.checks.values() if check.key})
    for key in keys:
        note = "" if bag.pinned else "\n       compare it with one you know, or give it by --key"
        print(f"  key: {key}{note}")
    print("  DOES NOT HOLD 不成立" if bag.faults else "  holds 成立")
    return bool(bag.faults)


def main(words):
    # a console that cannot write Chinese shall not end the check
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        paths, named = receipts.options(words)
        for key in named["--key"]:
            receipts.key_of(key)
    except (receipts.Unreadable, receipts.Wrong) as error:
        print("cannot be read: {}".format(" ".join(map(str, error.args))))
        return 2
    bad, unread = False, False
    for path in paths:
        try:
            bad |= tell(path, Bag(Folder(path), named["--key"]).run())
        except (OSError, ValueError, receipts.Unreadable, zipfile.BadZipFile, RecursionError) as error:
            print(f"{path} cannot be read: {type(error).__name__}: {error}")
            unread = True
    return 1 if bad else 2 if unread or not paths else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
