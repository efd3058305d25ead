"""`zhili documents`: marks of offices, seals, the register, and whether a PDF is whole."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from zhili.core.people.models import Office

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)
Code = Annotated[str, typer.Argument(help="单位代码 code of the office")]


@app.callback()
def group() -> None:
    """公文。 Outgoing documents."""


@app.command()
def letterhead(
    office: Code,
    mark: Annotated[str, typer.Option(help="办文代字，如 嘉城管 the mark its numbers begin with")],
    head: Annotated[str, typer.Option(help="红头；默认单位名称 the red head; default: the name")] = "",
) -> None:
    """设办文代字；之后的发文用新代字，从1号编起。 Set an office's mark; a new mark begins with number 1."""
    from django.db import IntegrityError, transaction

    from zhili.core.documents.models import Letterhead

    found = _office(office)
    mark = mark.strip()
    if not 1 <= len(mark) <= 16 or any(c in mark for c in "〔〕 \t"):
        _stop("办文代字为1至16个字，不含空格和括号。 A mark has 1 to 16 characters, no blanks or brackets.")
    try:
        with transaction.atomic():
            Letterhead.objects.update_or_create(office=found, defaults={"mark": mark, "head": head.strip()})
    except IntegrityError:
        _stop(f"代字“{mark}”已由其他单位使用。 Another office has this mark.")
    console.print(f"{found.name}：{mark}")


@app.command("seal-key")
def seal_key(
    office: Code,
    demo: Annotated[
        bool, typer.Option("--demo", help="图样标明“演示专用” marked as a demonstration")
    ] = False,
) -> None:
    """制作单位的软件印章密钥与自签证书。 Make an office's software key and self-signed certificate."""
    from zhili.core.documents import seal_keys

    found = _office(office)
    made = seal_keys.make(found, demo=demo)
    console.print(f"{found.name}：{made.fingerprint}", soft_wrap=True)
    console.print(
        f"请与 keys.json 一起备份 {seal_keys.folder()}。 Back it up together with keys.json.", soft_wrap=True
    )


@app.command()
def register(
    office: Annotated[str, typer.Option(help="单位代码 code of an office; default: all")] = "",
    year: Annotated[int | None, typer.Option(help="年份 year; default: all")] = None,
    to: Annotated[
        Path | None, typer.Option("--csv", help="写成 CSV；- 为标准输出 as CSV; - for stdout")
    ] = None,
) -> None:
    """发文登记簿。 The register of issued documents."""
    from zhili.core.documents import register as book

    found = book.lines(_office(office).pk if office else None, year)
    if to is None:
        table = Table(*[book.COLUMNS[name] for name in ("number", "title", "issued_on", "state", "case")])
        for line in found:
            table.add_row(line.number, line.title, line.issued_on, line.state, line.case)
        console.print(table)
    elif str(to) == "-":
        book.write_csv(found, sys.stdout)
    else:
        with to.open("w", encoding="utf-8", newline="") as out:
            console.print(f"{book.write_csv(found, out)} → {to}", soft_wrap=True)


@app.command()
def verify(file: Path) -> None:
    """检查PDF的签章。退出码：0 有效，1 已改动，2 其他。 Check a PDF. Exit code: 0 valid, 1 altered, 2 other."""
    from zhili.core.documents import aside, verifying

    if not file.is_file() or file.stat().st_size > verifying.LARGEST:
        _stop(f"没有这个文件，或超过 {verifying.LARGEST >> 20} MB。 No such file, or too large.")
    try:
        found = verifying.verify(file.read_bytes())
    except (aside.Lacking, aside.Failed) as error:
        _stop(str(error))
    console.print(found.words, style="green" if found.state == "valid" else "red")
    for label, value in (
        ("发文字号 number", found.number + ("（已作废 revoked）" if found.void else "")),
        ("签章 signer", found.signer + ("（演示 demonstration）" if found.demo else "")),
        ("签章时间 sealed at", found.signed_at.isoformat() if found.signed_at else ""),
        ("时间戳 time stamp", "RFC 3161" if found.stamped else ""),
        ("SHA-256", found.sha256),
    ):
        if value:
            console.print(f"{label}：{value}", soft_wrap=True)
    raise typer.Exit({"valid": 0, "altered": 1}.get(found.state, 2))


@app.command()
def again() -> None:
    """把没有制成的文件重新排队。 Queue again what could not be printed or sealed."""
    from zhili.core.documents import rendering

    console.print(str(rendering.again()))


def _office(code: str) -> "Office":
    from zhili.core.people.models import Office

    found = Office.objects.filter(code=code).first()
    if found is None:
        _stop(f"没有代码为 {code} 的单位。 No office has this code.")
    return found


def _stop(words: str) -> NoReturn:
    console.print(f"[red]{words}[/]", soft_wrap=True)
    raise typer.Exit(1)
