"""What goes into a bag: the originals, the chain of custody with its proofs, and what is needed to check it all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, Any, Final

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhili import __version__
from zhili.core.cases import committing, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files import blobs
from zhili.core.files.models import Attachment, File
from zhili.core.trail import bundles, keys, programs
from zhili.core.trail.checking import whole_text
from zhili.core.trail.leaves import timestamp
from zhili.scenarios.evidence.bag import chain
from zhili.scenarios.evidence.bag.writing import Bag, Member
from zhili.scenarios.evidence.models import ItemDetail

PROGRAMS: Final = ("verify_bag", "verify_receipt")
UNSAFE: Final = str.maketrans(dict.fromkeys('%\r\n\\/:*?"<>|', "_"))
FACTS: Final = ("matter_kind", "matter", "quantity", "ground", "sealed", "seal_number", "digital", "sha256")


@dataclass(frozen=True)
class Wanted:
    """Who asks for a bag, for whom, and why."""

    cases: tuple[Case, ...]
    giver: str
    receiver: str
    purpose: str
    at: datetime


def pack(wanted: Wanted) -> Bag:
    """The bag as it will be sent: all but the originals is in memory. Raises Refused when an original is not there."""
    numbers = [case.number for case in wanted.cases]
    name = f"evidence-{numbers[0]}" if len(numbers) == 1 else f"evidence-{wanted.at:%Y%m%d-%H%M%S}"
    bag = Bag(name, timezone.localtime(wanted.at), seal=_sealed)
    bag.info = [
        ("Source-Organization", wanted.giver),
        ("External-Description", wanted.purpose),
        ("External-Identifier", " ".join(numbers)),
        ("Internal-Sender-Description", f"For {wanted.receiver}"),
        ("Bag-Software-Agent", f"Zhili {__version__}"),
    ]
    with override("zh-hans"):  # what leaves the city is in one language, whoever pressed the button
        for case in wanted.cases:
            _item(bag, case)
    bag.tags["VERIFY.md"] = _how_to(wanted, bag)
    for program in PROGRAMS:
        if (source := programs.source(program)) is not None:
            bag.tags[f"{program}.py"] = source
    return bag


def held(cases: Iterable[Case]) -> tuple[int, int]:
    """(files, bytes) of the originals of these items. One query."""
    sizes = list(
        Attachment.objects.filter(case_id__in=[c.pk for c in cases]).values_list("file__size", flat=True)
    )
    return len(sizes), sum(sizes)


def _item(bag: Bag, case: Case) -> None:
    top = case.number
    rows = Attachment.objects.select_related("file").filter(case_id=case.pk).order_by("step_seq", "pk")
    named: dict[str, tuple[Attachment, str]] = {}
    for row in rows:
        path = _free(row.file.name, named)
        named[path] = (row, f"{top}/files/{path}")
        bag.members.append(_member(row.file, named[path][1]))
    lines = chain.lines(case)
    proof = _proof(case, lines)
    numbers = {_seq(entry): entry.get("index") for entry in proof["leaves"]}
    told = {
        "format": "zhili-custody/1",
        "number": case.number,
        "title": case.title,
        "steps": [chain.as_json(line, numbers.get(line.seq)) for line in lines],
    }
    item = _facts(case, named.values())
    bag.texts[f"{top}/item.json"] = _json(item)
    bag.texts[f"{top}/custody.json"] = _json(told)
    page = {
        "item": item,
        "case": case,
        "rows": [(line, numbers.get(line.seq)) for line in lines],
        "stage": present.stage_title(case),
    }
    bag.texts[f"{top}/custody.html"] = render_to_string("evidence/bag/custody.html", page).encode()
    bag.tags[f"proofs/{case.number}.json"] = bundles.as_bytes(proof)


def _proof(case: Case, lines: list[chain.Line]) -> dict[str, Any]:
    """The leaves of all steps, each with what its seal covers but for internal notes."""
    leaves = bundles.steps_of(case.pk)
    ids = {line.seq: leaves[line.seq] for line in lines if line.seq in leaves}
    disclosed = {
        ids[line.seq]: (committing.private(committing.columns_of(line.step)), bytes(line.step.salt))
        for line in lines
        if line.seq in ids and not line.withheld
    }
    about = {"kind": "case", "number": case.number, "title": case.title}
    said = {ids[line.seq]: line.title for line in lines if line.seq in ids}
    made: dict[str, Any] = bundles.bundle(list(ids.values()), disclosed, about=about, said=said)
    return made


def _seq(entry: dict[str, Any]) -> int:
    return int(json.loads(entry["leaf"])["what"]["seq"])


def _member(file: File, path: str) -> Member:
    place = blobs.original(file.sha256)
    if not default_storage.exists(place):
        words = _("原件“%(name)s”不在文件库里，证据包没有导出。请管理员先从备份找回。")
        raise Refused("no_original", words % {"name": file.name}, 409)
    return Member(path, file.size, file.sha256, partial(_open, place))


def _open(place: str) -> IO[bytes]:
    source: IO[bytes] = default_storage.open(place)
    return source


def _free(name: str, taken: dict[str, Any]) -> str:
    """The file's own name, or with a number where two are called the same; every system can write it."""
    safe = name.translate(UNSAFE).strip(". ") or "file"
    stem, dot, ending = safe.rpartition(".") if "." in safe else (safe, "", "")
    found, count = safe, 1
    while found.casefold() in {one.casefold() for one in taken}:
        count += 1
        found = f"{stem}-{count}{dot}{ending}"
    return found


def _facts(case: Case, files: Iterable[tuple[Attachment, str]]) -> dict[str, Any]:
    detail = ItemDetail.objects.get(pk=case.pk)
    return {
        "format": "zhili-item/1",
        "number": case.number,
        "title": case.title,
        "opened_at": timestamp(case.opened_at),
        "stage": case.stage,
        "stage_title": present.stage_title(case),
        "office": present.office_name(case.office_id),
        **{name: getattr(detail, name) for name in FACTS},
        "files": [
            {
                "path": f"data/{path}",
                "name": row.file.name,
                "sha256": row.file.sha256,
                "bytes": row.file.size,
                "type": row.file.mime,
                "step": row.step_seq,
            }
            for row, path in files
        ],
    }


def _how_to(wanted: Wanted, bag: Bag) -> bytes:
    context = {
        "wanted": wanted,
        "numbers": [case.number for case in wanted.cases],
        "at": f"{timezone.localtime(wanted.at):%Y-%m-%d %H:%M}",
        "keys": keys.vkeys(),
        "name": bag.name,
    }
    return render_to_string("evidence/bag/VERIFY.md", context).encode()


def _sealed(tagmanifest: bytes) -> str:
    return keys.sign_text(whole_text("bag", tagmanifest))


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
