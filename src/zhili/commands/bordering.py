"""What two demo cities at a border are told of one another, by the commands an operator uses.

Each learns the other's key from the other's own page and compares its fingerprint with what the other's operator reads
out: here this program carries it from one `zhili exchange id` to the other `zhili exchange site add --fingerprint`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zhili.commands.border import Side

MARK: Final = "border-met"
INTO: Final = "cross_border.matter/receive"
"""What a matter handed over under one of the demo's agreements opens."""
AGREEMENTS: Final = Path(__file__).resolve().parents[1] / "scenarios" / "cross_border" / "data" / "agreements"
FINGERPRINT: Final = re.compile(r"fingerprint\s+([0-9a-f]{4}(?: [0-9a-f]{4})+)")
SHOWN: Final = ("resident", "grid", "village", "county", "joint", "commander", "admin")
"""Those of the demo's accounts who have a part at the border."""
WAY: Final = (
    "试一试 A way through it:",
    "  1. 平湖：以 resident 在 /report 报一件事（地点选在交界处）。 Pinghu: report a matter as `resident`.",
    "  2. 平湖：grid “上报上一级”，village 在 /desk “移交外地”给金山。 `grid` passes it up, `village` hands it over.",
    "     “移交外地”在事项页的“更多”里。 It is under 更多 (more) on the matter's page.",
    "  3. 金山：joint 在 /desk 受理、提交结果，county 复核办结。",
    "     Jinshan: `joint` accepts it and reports the result, `county` closes it.",
    "  4. 平湖：village 看到进展和结果，两地联合办理的由它确认；resident 也看得到。",
    "     Pinghu: `village` sees how it went (and confirms what was handled jointly), so does `resident`.",
    "  /cross-border 联合指挥与边界地图 the joint centre and the map of the border",
    "  /desk/admin/sites 站点、密钥、摆渡文件，以 admin 登录 sites, keys and gate files, as `admin`",
)


def hint(side: Side) -> str:
    """How its commands are reached from another terminal."""
    return f"ZHILI_HOME={side.folder} ZHILI_URL={side.url} zhili exchange status"


def introduce(sides: Sequence[Side]) -> Iterator[str]:
    """Make each known to the other, once; sentences as it goes on. Raises border.Failed."""
    if all((side.folder / MARK).exists() for side in sides):
        yield "两座城市已互相认识。 The cities know one another."
        return
    with ThreadPoolExecutor(len(sides)) as both:
        prints = list(both.map(_fingerprint, sides))
        others = [(side, *_other(side, sides, prints)) for side in sides]
        for line in both.map(lambda one: _meet(*one), others):
            yield line
        for line in both.map(_agree, sides):
            yield line
        # the joint centre shows a neighbour what it chose, now that there is one
        list(both.map(lambda side: side.command("demo"), sides))
    for side in sides:
        (side.folder / MARK).touch()


def _fingerprint(side: Side) -> str:
    """As its operator reads it over the telephone."""
    from zhili.commands.border import Failed

    said = side.command("exchange", "id")
    found = FINGERPRINT.search(said)
    if found is None:
        raise Failed(f"{side.place.title}: zhili exchange id\n{said}")
    return found[1]


def _other(side: Side, sides: Sequence[Side], prints: Sequence[str]) -> tuple[Side, str]:
    return next((one, words) for one, words in zip(sides, prints, strict=True) if one is not side)


def _meet(side: Side, other: Side, fingerprint: str) -> str:
    if other.place.site not in side.command("exchange", "site", "list"):
        side.command(
            "exchange", "site", "add", other.url, "--office", side.place.office, "--fingerprint", fingerprint,
            "--private",
        )  # fmt: skip
    return f"{side.place.title} 已核对指纹并认识 knows {other.place.site}: {fingerprint[:19]} …"


def _agree(side: Side) -> str:
    files = sorted(str(file) for file in AGREEMENTS.glob("*.json"))
    loaded = side.command("exchange", "agreement", "load", *files, "--into", INTO)
    return f"{side.place.title} 已载入协议 agreements in force: {len(loaded.splitlines())}"
