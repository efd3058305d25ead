#!/usr/bin/env python3
"""Check a receipt, a chain of custody or an evidence bag, with nothing but Python's standard library.

    python3 verify_receipt.py receipt.json               # or the receipt as PDF, or the folder of a bag
    python3 verify_receipt.py receipt.pdf --key 'zhili…'  # and that it is this trail's key which signed it
    python3 verify_receipt.py receipt.json --checkpoint head.txt --consistency proof.json

Checked are, part by part: the bytes of every leaf (SHA-256, RFC 6962); what was disclosed of it against the seal the
leaf holds; the proof that the leaf stands in the tree; the signature under the tree's head (C2SP tlog-checkpoint,
Ed25519); and that the file as a whole is as it was issued. Exit code 0 if all of it holds, 1 and every fault by name
if not, 2 if the file cannot be read or the question cannot be decided.

Whoever makes up a whole tree can sign it too, with a key of their own: so compare the key this program prints with
the one you know (the site's /trail/keys, a printed copy, another person's receipt), or give it by --key.

This program is written apart from the platform that made the file and uses none of its code.
"""

import base64
import hashlib
import json
import os
import re
import sys
import zlib
from decimal import Decimal

# --- bytes and JSON -----------------------------------------------------------------------------------


class Wrong(Exception):
    """What does not hold: (part, why)."""


class Unreadable(Exception):
    """Not a file this program knows."""


def unbase64(text, part):
    """The bytes, if the text is the one and only way to write them."""
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, AttributeError):
        raise Wrong(part, "is not base64") from None
    if base64.b64encode(found).decode() != text:
        raise Wrong(part, "is not written as base64 writes it")
    return found


def once(pairs):
    """A JSON object that names nothing twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def read_json(text):
    def refuse(name):
        raise ValueError(name + " is no JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=refuse)


def number_text(value):
    """A number as ECMAScript and therefore RFC 8785 writes it."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + exponent
    if len(text) <= point <= 21:
        text += "0" * (point - len(text))
    elif 0 < point <= 21:
        text = text[:point] + "." + text[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + text
    else:
        power = f"e{point - 1:+d}"
        text = text[0] + ("." + text[1:] if text[1:] else "") + power
    return ("-" if sign else "") + text


def canonical(value):
    """RFC 8785: one text for one value."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"


# --- Ed25519 (RFC 8032), verification only ------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def x_of(y, odd):
    """The x of a point of the curve; None if there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if odd else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != odd else x


def added(a, b):
    """The sum of two points in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = added(total, point)
        point, scalar = added(point, point), scalar >> 1
    return total


def point_of(data):
    number = int.from_bytes(data, "little")
    y = number & (1 << 255) - 1
    x = x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (x_of(BASE_Y, 0), BASE_Y, 1, x_of(BASE_Y, 0) * BASE_Y % P)


def ed25519(public, message, signature):
    """Whether the signature (64 bytes) is the public key's (32 bytes) under the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), added(r, times(h, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- signed notes and the tree (C2SP signed-note, tlog-checkpoint; RFC 6962, RFC 9162) ------------------


def key_of(text):
    """(name, four bytes that name the key, algorithm, public key) of a verifier key as C2SP writes it."""
    match = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", text if isinstance(text, str) else "")
    if match is None:
        raise Wrong("key", "is not a verifier key (name+hash+base64)")
    name, mark, data = match[1], bytes.fromhex(match[2]), unbase64(match[3], "key")
    if hashlib.sha256(name.encode() + b"\n" + data).digest()[:4] != mark:
        raise Wrong("key", f"of {name} was altered: its own hash does not fit")
    return name, mark, data[:1], data[1:]


def note_of(text, part):
    """(the text that was signed, [(name, mark, signature)])."""
    body, middle, tail = text.rpartition("\n\n") if isinstance(text, str) else ("", "", "")
    if not middle or not tail.endswith("\n"):
        raise Wrong(part, "is not a signed note")
    found = []
    for line in tail[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^+ ]+) (\\S+)", line)
        if match is None:
            raise Wrong(part, "has a line of signature that cannot be read")
        data = unbase64(match[2], part)
        found.append((match[1], data[:4], data[4:]))
    return body + "\n", found


def signer_of(text, keys, part):
    """(the text signed, the key that signed it). Raises Wrong when none of the keys did."""
    body, signatures = note_of(text, part)
    known = other = False
    for name, mark, signature in signatures:
        for key in keys:
            if key_of(key)[:2] != (name, mark):
                continue
            if key_of(key)[2] != b"\x01":
                other = True
                continue
            known = True
            if ed25519(key_of(key)[3], body.encode(), signature):
                return body, key
    if other and not known:
        raise Unreadable(
            part + " is signed with SM2 alone, which this program cannot check: use `zhili verify`"
        )
    if not known:
        raise Wrong(part, "is signed with another key than " + ", ".join(k.split("+")[0] for k in keys))
    raise Wrong(part, "has a signature that does not hold: text or signature was altered")


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def stands_in(index, size, leaf, proof, root):
    """RFC 9162 §2.1.3.2: whether the leaf is number `index` of the tree with that root."""
    if not 0 <= index < size or len(leaf) != 32 or len(root) != 32:
        return False
    first, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = node(one, found)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            found = node(found, one)
        first, last = first >> 1, last >> 1
    return last == 0 and found == root


def begins_with(old, size, old_root, root, proof):
    """RFC 9162 §2.1.4.2: whether the tree of `size` leaves begins with that of `old`."""
    if old == size:
        return old > 0 and old_root == root and not proof
    if not 0 < old < size or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    a = b = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            a, b = node(one, a), node(one, b)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            b = node(b, one)
        first, last = first >> 1, last >> 1
    return last == 0 and (a, b) == (old_root, root)


def head_of(body, part="checkpoint"):
    """(size, root) of a checkpoint's text: origin, size, root in base64."""
    lines = body.split("\n")
    if len(lines) < 4 or re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) is None:
        raise Wrong(part, "is not the head of a tree")
    return int(lines[1]), unbase64(lines[2], part)


# --- the file -----------------------------------------------------------------------------------------

FORMATS = {"zhili-proof/1", "zhili-promise/1"}
MEMBERS = {"format", "about", "checkpoint", "keys", "stamps", "leaves", "promise", "signed"}
OF_A_LEAF = {"index", "leaf", "hash", "proof", "private", "salt", "said"}
IN_A_LEAF = {"v", "kind", "at", "what", "seal"}


class Check:
    """One file: what holds (`facts`), what does not (`faults`)."""

    def __init__(self, file, pinned):
        self.file, self.pinned, self.facts, self.faults = file, pinned, [], []
        self.size = self.root = self.key = None
        self.promised = set()

    def part(self, work, *given):
        """Do a part; a fault is kept by name, and the others are looked at all the same."""
        try:
            return work(*given)
        except Wrong as wrong:
            self.faults.append("{} {}".format(*wrong.args))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            self.faults.append(f"{work.__name__} cannot be read: {type(error).__name__} {error}")
        return None

    def run(self):
        self.part(self.form)
        self.part(self.whole)
        self.part(self.checkpoint)
        self.part(self.promise)
        for number, entry in enumerate(self.file.get("leaves") or []):
            self.part(self.leaf, number, entry)
        self.part(self.subject)
        self.part(self.stamps)
        return self

    def form(self):
        strange = set(self.file) - MEMBERS
        if strange:
            raise Wrong("file", "has parts nobody issues: " + ", ".join(sorted(strange)))
        if not self.file.get("leaves"):
            raise Wrong("file", "holds no leaf")

    def keys(self):
        """The keys the file may be signed with: the pinned ones alone, where there are any."""
        for key in self.file["keys"]:
            key_of(key)
        if not self.file["keys"]:
            raise Wrong("key", "is missing")
        return self.pinned or self.file["keys"]

    def whole(self):
        if "signed" not in self.file:
            raise Wrong("file", "is not signed as a whole")
        rest = {name: value for name, value in self.file.items() if name != "signed"}
        body, key = signer_of(self.file["signed"], self.keys(), "signature over the whole file")
        if body != whole_text("json", canonical(rest).encode()):
            raise Wrong("file", "was altered after it was issued: it is not the one that was signed")
        self.key = self.key or key

    def checkpoint(self):
        if "checkpoint" not in self.file and self.file["format"] == "zhili-promise/1":
            return
        body, key = signer_of(self.file["checkpoint"], self.keys(), "checkpoint")
        self.size, self.root = head_of(body)
        self.key = key
        self.facts.append(f"tree: {body.splitlines()[0]}, {self.size} leaves, root {self.root.hex()}")

    def promise(self):
        if "promise" not in self.file:
            return
        body, key = signer_of(self.file["promise"], self.keys(), "promise")
        lines = body[:-1].split("\n")
        if lines[0] != "zhili-promise/1" or len(lines) < 4:
            raise Wrong("promise", "is something else that was signed")
        self.promised, self.key = set(lines[3:]), self.key or key
        self.facts.append(f"promised on {lines[1]}: to stand in the tree by {lines[2]}")

    def leaf(self, number, entry):
        here = f"leaf {number}"
        if set(entry) - OF_A_LEAF:
            raise Wrong(here, "has parts nobody issues: " + ", ".join(sorted(set(entry) - OF_A_LEAF)))
        digest = hashlib.sha256(b"\x00" + entry["leaf"].encode()).digest()
        if digest.hex() != entry["hash"]:
            raise Wrong(here, "was altered: its bytes have another hash")
        said = read_json(entry["leaf"])
        if not isinstance(said, dict) or set(said) != IN_A_LEAF or canonical(said) != entry["leaf"]:
            raise Wrong(here, "is not in the form of a leaf")
        if ("private" in entry) != ("salt" in entry):
            raise Wrong(here, "discloses a part without its salt, or a salt without it")
        if "private" in entry:
            salt = entry["salt"]
            if re.fullmatch("(?:[0-9a-f]{2}){16,}", salt) is None:
                raise Wrong(here, "has a salt that cannot be read")
            told = hashlib.sha256(bytes.fromhex(salt) + canonical(entry["private"]).encode()).hexdigest()
            if told != said["seal"]:
                raise Wrong(here, "has a broken seal: the disclosed words or their salt were altered")
        where = self.place(here, entry, digest)
        what = said["what"]
        words = entry.get("said") or what.get("action") or what.get("record") or said["kind"]
        shown = "; the words disclosed fit its seal" if "private" in entry else ""
        self.facts.append("{}  {}  {}{}".format(where, said["at"], words, shown))

    def place(self, here, entry, digest):
        if "index" not in entry and "proof" not in entry:
            if digest.hex() not in self.promised:
                raise Wrong(here, "is neither proven nor promised")
            return "promised"
        if self.root is None:
            raise Wrong(here, "cannot be placed: the head of the tree does not hold")
        proof = [unbase64(one, "proof of " + here) for one in entry["proof"]]
        if any(len(one) != 32 for one in proof):
            raise Wrong("proof of " + here, "has a hash that is not 32 bytes")
        if type(entry["index"]) is not int:
            raise Wrong(here, "has no number")
        if not stands_in(entry["index"], self.size, digest, proof, self.root):
            raise Wrong("proof of " + here, "does not lead to the root: altered, or of another tree")
        return "no. " + str(entry["index"])

    def subject(self):
        """The number on a receipt's face is the number in its leaves."""
        about = self.file["about"]
        if about.get("kind") != "case":
            return
        seen = set()
        for entry in self.file["leaves"]:
            what = read_json(entry["leaf"])["what"]
            if what.get("case") != about.get("number"):
                raise Wrong(
                    "file", "says it is of {}, a leaf says {}".format(about.get("number"), what.get("case"))
                )
            if what.get("seq") in seen:
                raise Wrong("file", "holds a step twice")
            seen.add(what.get("seq"))

    def stamps(self):
        """That the time stamps are over this head; whose they are is for `openssl ts -verify` (verify.md)."""
        for stamp in self.file.get("stamps") or []:
            over = hashlib.sha256(self.file["checkpoint"].encode()).digest()
            if over not in unbase64(stamp["token"], "time stamp"):
                raise Wrong("time stamp", "is not over this head")
            self.facts.append(
                "time stamp over the head: {}, {}".format(stamp.get("authority"), stamp.get("at"))
            )

    def against(self, text, proof):
        """That another head, kept by somebody, is of the same tree."""
        body, _key = signer_of(text, self.keys(), "the other checkpoint")
        size, root = head_of(body, "the other checkpoint")
        if self.root is None:
            raise Wrong("checkpoint", "does not hold, so it cannot be compared")
        if size == self.size:
            if root != self.root:
                raise Wrong(
                    "checkpoint", "and the other one are two trees of the same size: the trail was FORKED"
                )
        elif proof is None:
            old, new = sorted((size, self.size))
            raise Unreadable(
                f"to compare trees of {old} and {new} leaves, give by --consistency the proof that "
                f"/api/v1/trail/consistency?old={old}&size={new} tells"
            )
        else:
            path = [unbase64(one, "consistency proof") for one in proof_in(proof)]
            (old, old_root), (new, new_root) = sorted([(size, root), (self.size, self.root)])
            if not begins_with(old, new, old_root, new_root, path):
                raise Wrong("checkpoint", "and the other one are not of one tree, or the proof is of another")
        self.facts.append(f"consistent with the other checkpoint ({size} leaves)")


def proof_in(given):
    """The list of hashes of a consistency proof as the API gives it, or the bare list."""
    return given if isinstance(given, list) else given.get("proof", given.get("consistency"))


def whole_text(kind, data):
    """What is signed over a whole file."""
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return f"zhili-file/1 {kind}\n{digest}\n"


SEAL = re.compile(rb"%zhili-file/1 ([A-Za-z0-9+/=]+)\n")
STREAM = re.compile(rb"<<(?:[^<>]|<[0-9A-Fa-f]*>|<<(?:[^<>]|<[0-9A-Fa-f]*>)*>>)*>>\s*stream\r?\n")


def inside_pdf(data):
    """The receipts embedded in a PDF: every attached file that says it is one."""
    found = []
    for match in STREAM.finditer(data):
        head = match[0]
        length = re.search(rb"/Length (\d+)", head)
        if b"/EmbeddedFile" not in head or length is None:
            continue
        body = data[match.end() : match.end() + int(length[1])]
        try:
            body = zlib.decompress(body) if b"/FlateDecode" in head else body
            one = read_json(body.decode())
        except (zlib.error, ValueError, UnicodeDecodeError):
            raise Unreadable("the receipt inside the PDF is damaged") from None
        if isinstance(one, dict) and one.get("format") in FORMATS:
            found.append(one)
    return found


def pdf_faults(data, check):
    """That the page as printed is the one issued: a signature over all its bytes, in its last line."""
    seals = list(SEAL.finditer(data))
    if len(seals) != 1 or seals[0].end() != len(data):
        raise Wrong("page of the PDF", "is not signed, or something follows its signature")
    note = unbase64(seals[0][1].decode(), "signature of the PDF").decode("utf-8", "replace")
    body, _key = signer_of(note, check.keys(), "signature of the PDF")
    if body != whole_text("pdf", data[: seals[0].start()]):
        raise Wrong("page of the PDF", "was altered after it was issued")
    check.facts.append("the page is, byte by byte, the one that was issued")


def check_file(path, pinned):
    """A Check of a receipt (JSON or PDF)."""
    with open(path, "rb") as stream:
        data = stream.read()
    if b"%PDF-" not in data[:1024]:
        try:
            file = read_json(data.decode())
        except (ValueError, RecursionError):
            raise Unreadable("no receipt, custody chain or proofs of a bag, or it is cut off") from None
        if not isinstance(file, dict) or file.get("format") not in FORMATS:
            raise Unreadable("not a receipt, a custody chain or the proofs of a bag")
        return Check(file, pinned).run()
    found = inside_pdf(data)
    if len(found) != 1:
        raise Unreadable(
            "this PDF holds no receipt: use the very file that was issued, not a copy printed to PDF"
        )
    check = Check(found[0], pinned).run()
    check.part(pdf_faults, data, check)
    return check


# --- a folder: a bag of evidence (BagIt, RFC 8493) -----------------------------------------------------


def bag_faults(folder):
    """({path: SHA-256} of what the bag holds, what is wrong with it)."""
    named, wrong = {}, []
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        where = os.path.join(folder, manifest)
        if not os.path.exists(where):
            continue
        with open(where, encoding="utf-8") as stream:
            lines = [line.rstrip("\r\n") for line in stream if line.strip()]
        for line in lines:
            digest, _, path = line.partition(" ")
            path = path.strip().replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            if os.path.isabs(path) or ".." in path.split("/"):
                wrong.append(f"{manifest} names a file outside the bag: {path}")
                continue
            named[path] = digest
            try:
                with open(os.path.join(folder, path), "rb") as stream:
                    if hashlib.sha256(stream.read()).hexdigest() != digest:
                        wrong.append(f"{path} is not the file that was packed: its hash differs")
            except OSError:
                wrong.append(f"{path} is missing from the bag")
    payload = os.path.join(folder, "data")
    for base, _folders, names in os.walk(payload):
        for name in names:
            path = os.path.relpath(os.path.join(base, name), folder).replace(os.sep, "/")
            if path not in named:
                wrong.append(f"{path} was put into the bag afterwards")
    return named, wrong


def receipts_in(folder):
    found = []
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(base, name)
            if name.endswith(".json") and os.path.getsize(path) < 1 << 28:
                with open(path, "rb") as stream:
                    if b"zhili-pro" in stream.read(1 << 20):
                        found.append(path)
    return found


def check_folder(folder, pinned, others):
    """Faults of a bag, its receipts told one by one."""
    named, wrong = bag_faults(folder)
    paths = receipts_in(folder)
    if not named and not paths:
        raise Unreadable("no bag, and no receipt in it")
    for fault in wrong:
        print("  WRONG  " + fault)
    if named:
        print(f"{folder}: {len(named) - len(wrong)} files as packed")
    bad, leaves = bool(wrong), ""
    for path in paths:
        check = check_file(path, pinned)
        bad |= tell(path, check, others)
        leaves += json.dumps(check.file.get("leaves"))
    for path, digest in sorted(named.items()):
        if path.startswith("data/") and digest in leaves:
            print(f"  {path} is the file a leaf tells of (SHA-256 {digest})")
    return bad


# --- telling ------------------------------------------------------------------------------------------


def tell(path, check, others):
    """Print what was found; whether something does not hold."""
    if others[0] is not None:
        check.part(check.against, *others)
    about = check.file.get("about") or {}
    title = " ".join(str(about[name]) for name in ("number", "title") if about.get(name))
    print("{}: {}".format(path, title or check.file.get("format")))
    for fact in check.facts:
        print("  " + fact)
    for fault in check.faults:
        print("  WRONG  " + fault)
    if check.key:
        print(
            "  key: {}{}".format(
                check.key,
                "" if check.pinned else "\n       compare it with one you know, or give it by --key",
            )
        )
    print("  DOES NOT HOLD" if check.faults else "  holds")
    return bool(check.faults)


def options(words):
    """(files, {name: [values]}) of the command line."""
    files, named = [], {"--key": [], "--checkpoint": [], "--consistency": []}
    words = list(words)
    while words:
        word = words.pop(0)
        if word in named and words:
            named[word].append(words.pop(0))
        elif word.startswith("-"):
            raise Unreadable("unknown option " + word)
        else:
            files.append(word)
    return files, named


def main(words):
    bad, unread = False, False
    try:
        files, named = options(words)
        for key in named["--key"]:
            key_of(key)
        others = [None, None]
        for i, name in enumerate(("--checkpoint", "--consistency")):
            for path in named[name]:
                with open(path, encoding="utf-8", newline="") as stream:
                    others[i] = stream.read() if i == 0 else read_json(stream.read())
    except (OSError, ValueError, Wrong, Unreadable) as error:
        print("cannot be read: {}".format(" ".join(map(str, error.args))))
        return 2
    for path in files:
        try:
            if os.path.isdir(path):
                bad |= check_folder(path, named["--key"], others)
            else:
                bad |= tell(path, check_file(path, named["--key"]), others)
        except (OSError, ValueError, Unreadable, RecursionError) as error:
            print(f"{path} cannot be read: {error}")
            unread = True
    return 1 if bad else 2 if unread or not files else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
