"""A contract in words and on paper. Whoever signed stands on it with the number of their leaf, which /verify checks."""

from __future__ import annotations

import base64
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from zhili.core.documents import aside
from zhili.core.documents.printing import PRESS, SECONDS
from zhili.core.trail.models import Leaf
from zhili.scenarios.wages.kinds import PARTIES, PAY
from zhili.scenarios.wages.models import ContractVersion

STYLES: Final = """@page { size: A4; margin: 22mm 20mm; }
body { font: 11pt/1.7 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; color: #000; }
h1 { font-size: 18pt; text-align: center; margin: 0 0 8mm; }
dl { display: grid; grid-template-columns: 42mm 1fr; gap: 1mm 4mm; } dt { color: #444; } dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin-top: 8mm; }
th, td { border: 0.3pt solid #888; padding: 2mm; text-align: left; }
.small { font-size: 8.5pt; color: #444; word-break: break-all; margin-top: 6mm; }"""


def lines(version: ContractVersion) -> list[tuple[str, str]]:
    """What was agreed, as (heading, text), from the terms that are signed and nothing else."""
    terms: dict[str, Any] = version.terms
    pay = str(dict(PAY).get(terms["pay"], terms["pay"]))
    unit = {"day": _("元/天"), "month": _("元/月"), "piece": _("元/件")}.get(terms["pay"], "")
    rows = [
        (_("项目"), f"{terms['project']}（{terms['number']}）"),
        (_("用人单位"), f"{terms['firm']['name']}（{terms['firm']['code']}）"),
        (_("施工总承包单位（工资代发）"), terms["contractor"]["name"]),
        (_("班组"), terms["crew"]),
        (_("工号"), terms["worker"]["code"]),
        (_("工作内容"), terms.get("work", "")),
        (_("工作时间"), terms.get("hours", "")),
        (_("计薪方式"), f"{pay}，{terms['rate_fen'] // 100}.{terms['rate_fen'] % 100:02d} {unit}"),
        (_("发工资日期"), _("每月 %(day)s 日，遇节假日提前") % {"day": terms["payday"]}),
        (_("进场日期"), terms["starts"]),
    ]
    return [(head, text) for head, text in rows if text]


def pdf(version: ContractVersion, name: str) -> bytes:
    """The paper; ``name`` as it may be shown. Raises aside.Lacking, aside.Failed."""
    signed = {one.role: one for one in version.signatures.all()}
    hashes = dict(
        Leaf.objects.filter(pk__in=[one.leaf_id for one in signed.values()]).values_list("pk", "hash")
    )
    parts = [
        {
            "title": title,
            "by": (by := signed.get(role)),
            "leaf": bytes(hashes[by.leaf_id]).hex() if by else "",
        }
        for role, title in PARTIES
    ]
    context = {"version": version, "terms": lines(version), "parts": parts, "name": name}
    html = render_to_string("wages/print/contract.html", context)
    return press(html, STYLES)


def press(html: str, styles: str) -> bytes:
    done = aside.run(PRESS, {"html": html, "styles": [styles], "marks": []}, SECONDS)
    return base64.b64decode(done["pdf"])
