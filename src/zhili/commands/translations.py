"""Chinese source texts and their translations, without the gettext programs: Babel reads, polib writes.

Besides gettext calls and template tags, the titles in declarations (`Stage("已收到")`, `Param(title="…")`) are
texts: plain Chinese strings shown with gettext(title).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "locale"
LANGUAGES = ("en",)
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
# Declarations whose Chinese strings are shown to people.
DECLARING = {
    "Stage", "Final", "Action", "Open", "Opening", "Clock", "Notify", "Scenario", "Param", "Limit", "Right", "Rights",
    "Text", "LongText", "Choice", "MultiChoice", "Bool", "Integer", "Decimal", "Date", "DateTime", "Place", "Files",
    "Personal", "OfficeField", "Rating", "Form", "Field",
}  # fmt: skip
NOT_SHOWN = {"source", "article", "example"}  # citations stay as they were published
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TAG = re.compile(r"""{%-?\s*(?:translate|trans)\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
FILTER = re.compile(
    r"""{{-?\s*_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)|[=\s]_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)"""
)
BLOCK = re.compile(r"{%-?\s*blocktrans(?:late)?\b([^%]*)-?%}(.*?){%-?\s*endblocktrans(?:late)?\s*-?%}", re.S)
PLURAL = re.compile(r"{%-?\s*plural\s*-?%}")
VARIABLE = re.compile(r"{{\s*([\w.]+)[^}]*}}")


def _sources(suffix: str) -> Iterator[Path]:
    for file in sorted(PACKAGE.rglob(f"*{suffix}")):
        if not {"tests", "migrations", "commands"} & set(file.relative_to(PACKAGE).parts):
            yield file


def texts() -> dict[str, tuple[str, str | None]]:
    """msgid -> (file where it was first found, plural msgid or None)."""
    found: dict[str, tuple[str, str | None]] = {}
    for suffix, read in ((".py", _of_python), (".html", _of_template), (".txt", _of_template)):
        for file in _sources(suffix):
            for text, plural in read(file.read_text()):
                if text.strip():
                    found.setdefault(text, (file.relative_to(PACKAGE).as_posix(), plural))
    return found


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _of_python(source: str) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name in GETTEXT:
            yield from _of_gettext(name, node)
        elif name in DECLARING:
            yield from _of_declaration(node)


def _of_gettext(name: str, call: ast.Call) -> Iterator[tuple[str, str | None]]:
    values = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if not values:
        return
    if name.startswith("ngettext") and len(values) > 1:
        yield values[0], values[1]
    else:
        yield values[1 if name.startswith("pgettext") and len(values) > 1 else 0], None


def _of_declaration(call: ast.Call) -> Iterator[tuple[str, str | None]]:
    """Every Chinese string given directly, in a list, or in pairs like choices; not those of nested calls."""
    pending: list[ast.expr] = [*call.args, *(k.value for k in call.keywords if k.arg not in NOT_SHOWN)]
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if CHINESE.search(node.value):
                yield node.value, None
        elif isinstance(node, ast.List | ast.Tuple):
            pending.extend(node.elts)
        elif isinstance(node, ast.Dict):
            pending.extend(node.values)


def _of_template(source: str) -> Iterator[tuple[str, str | None]]:
    for match in TAG.finditer(source):
        yield ast.literal_eval(match[1]), None
    for match in FILTER.finditer(source):
        yield ast.literal_eval(match[1] or match[2]), None
    for match in BLOCK.finditer(source):
        parts = [_block_text(part, "trimmed" in match[1]) for part in PLURAL.split(match[2])]
        yield parts[0], parts[1] if len(parts) > 1 else None


def _block_text(text: str, trimmed: bool) -> str:
    """A blocktranslate body as Django looks it up."""
    text = text.replace("%", "%%") if "%" in VARIABLE.sub("", text) else text
    text = VARIABLE.sub(lambda found: f"%({found[1]})s", text)
    if trimmed:
        text = " ".join(line.strip() for line in text.splitlines() if line.strip())
    return text


# ---- the .po files


def catalogue(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _load(file: Path) -> polib.POFile:
    if file.exists():
        return polib.pofile(str(file), encoding="utf-8")
    empty = polib.POFile(encoding="utf-8")
    empty.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "MIME-Version": "1.0",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return empty


def faults() -> list[str]:
    """Texts without a translation, translations marked unsure, placeholders that differ."""
    wanted = texts()
    lines = []
    for language in LANGUAGES:
        entries = {entry.msgid: entry for entry in _load(catalogue(language)) if not entry.obsolete}
        for text, (where, _) in wanted.items():
            entry = entries.get(text)
            if entry is None or not entry.translated():
                lines.append(f"{language}: {where}: {_short(text)}（没有译文 not translated）")
            elif placeholders(text) != placeholders(entry.msgstr or entry.msgstr_plural[1]):
                lines.append(f"{language}: {where}: {_short(text)}（占位符不一致 placeholders differ）")
    return lines


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}|%[sd]", text))


def _short(text: str) -> str:
    text = text.replace("\n", "⏎")
    return text if len(text) <= 40 else f"{text[:39]}…"


def update_all() -> None:
    """Add new texts to each catalogue and drop those no longer used."""
    wanted = texts()
    for language in LANGUAGES:
        file = catalogue(language)
        catalogue_ = _load(file)
        for entry in list(catalogue_):
            if entry.msgid not in wanted:
                catalogue_.remove(entry)
        known = {entry.msgid for entry in catalogue_}
        for text, (where, plural) in wanted.items():
            if text not in known:
                extra = {"msgid_plural": plural, "msgstr_plural": {0: "", 1: ""}} if plural else {}
                catalogue_.append(polib.POEntry(msgid=text, msgstr="", occurrences=[(where, "")], **extra))
        catalogue_.sort(key=lambda entry: (entry.occurrences[0][0] if entry.occurrences else "", entry.msgid))
        file.parent.mkdir(parents=True, exist_ok=True)
        catalogue_.save(str(file))


def compile_all() -> None:
    """.po → .mo, for those whose .mo is missing or older."""
    for file in sorted(LOCALE.rglob("*.po")) if LOCALE.exists() else []:
        compiled = file.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < file.stat().st_mtime:
            polib.pofile(str(file)).save_as_mofile(str(compiled))
