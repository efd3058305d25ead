"""Chinese source texts and their translations, without the gettext programs: Babel reads, polib writes.

Besides gettext calls and template tags, the titles in declarations (`Stage("已收到")`, `Param(title="…")`) are
texts: plain Chinese strings shown with gettext(title). So are the names of a scenario's own categories.
"""

import ast
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
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
    "Stage", "Final", "Action", "Open", "Opening", "Clock", "RunningClock", "Notify", "Scenario", "Param", "Limit",
    "Right", "Rights", "Text", "LongText", "Choice", "MultiChoice", "Bool", "Integer", "Decimal", "Date", "DateTime",
    "Place", "Files", "Personal", "Office", "Offices", "Rating", "Form", "Field", "CodeError", "Reason", "Standing",
    "standing_stage", "Assigned", "Fingerprint", "Named", "NamedOne", "Definition", "AutomatedRule", "_rule",
    "Tuned", "Measure", "SignalRule", "msgid", "Words",
}  # fmt: skip
RULES = {"AutomatedRule", "_rule"}
NOT_SHOWN = {"example"}
APART = {"tests", "migrations", "commands", "demo.py"}
"""Folders and files whose words nobody translates: the command line speaks both languages, the demo city is data."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TAG = re.compile(r"""{%-?\s*(?:translate|trans)\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
FILTER = re.compile(
    r"""{{-?\s*_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)|[=:\s]_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)"""
)
BLOCK = re.compile(r"{%-?\s*blocktrans(?:late)?\b([^%]*)-?%}(.*?){%-?\s*endblocktrans(?:late)?\s*-?%}", re.S)
PLURAL = re.compile(r"{%-?\s*plural\s*-?%}")
VARIABLE = re.compile(r"{{\s*([\w.]+)[^}]*}}")


Found = tuple[str, str | None]
"""A text and its plural; None when it has none."""
Constants = Mapping[str, ast.expr]
"""What a module or a class calls by a name: NAME = "…", (…) or {…}."""


def _sources(pattern: str) -> Iterator[Path]:
    for file in sorted(PACKAGE.rglob(pattern)):
        if not APART & set(file.relative_to(PACKAGE).parts):
            yield file


def _everything() -> Iterator[tuple[str, str | None, str]]:
    """(text, plural, file) as often as it occurs."""
    readers = {
        "*.py": _of_python,
        "*.html": _of_template,
        "*.txt": _of_template,
        "categories.csv": _of_categories,
    }
    for pattern, read in readers.items():
        for file in _sources(pattern):
            where = file.relative_to(PACKAGE).as_posix()
            for text, plural in _of_file(file, file.stat().st_mtime_ns, read):
                yield text, plural, where


@cache
def _of_file(file: Path, _changed: int, read: Callable[[str], Iterable[Found]]) -> list[Found]:
    """What one file holds, read once: to compile a thousand modules takes seconds."""
    return [(text, plural) for text, plural in read(file.read_text()) if text.strip()]


def texts() -> dict[str, tuple[str, str | None]]:
    """msgid -> (file where it was first found, plural msgid or None)."""
    found: dict[str, tuple[str, str | None]] = {}
    for text, plural, where in _everything():
        first, known = found.get(text, (where, None))
        found[text] = (first, known or plural)
    return found


def counted_and_not() -> list[str]:
    """Texts asked for both with a number and without: English would have to be "3 day" in one of the places."""
    found = list(_everything())
    with_number = {text for text, plural, _ in found if plural}
    return sorted({text for text, plural, _ in found if plural is None} & with_number)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _of_python(source: str) -> Iterator[Found]:
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    constants = _constants(tree, nodes)
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name in GETTEXT:
            yield from _of_gettext(name, node, constants)
        elif name in DECLARING:
            given = [*node.args, *(k.value for k in node.keywords if k.arg not in NOT_SHOWN)]
            yield from _chinese(given, constants)
        if name in RULES:  # the title of the parameter that holds its last day (core/params/rules.py)
            yield from (
                (f"自动规则“{title}”的最后一天", None)
                for title, _plural in _chinese(node.args[1:2], constants)
            )


def _constants(tree: ast.Module, nodes: list[ast.AST]) -> Constants:
    bodies = [tree.body, *(node.body for node in nodes if isinstance(node, ast.ClassDef))]
    found: dict[str, ast.expr] = {}
    for node in (one for body in bodies for one in body):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                found[target.id] = node.value
    return found


def _of_gettext(name: str, call: ast.Call, constants: Constants) -> Iterator[Found]:
    values = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if name.startswith("ngettext") and len(values) > 1:
        yield values[0], values[1]
    elif values:
        yield values[1 if name.startswith("pgettext") and len(values) > 1 else 0], None
    else:
        yield from _chinese(call.args, constants)


def _chinese(given: list[ast.expr], constants: Constants) -> Iterator[Found]:
    """Every Chinese string given directly, in a list, in pairs like choices, or by a name of this module
    (`TITLE`, `TITLES[key]`); not those of nested calls."""
    pending, followed = list(given), set()
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if CHINESE.search(node.value):
                yield node.value, None
        elif isinstance(node, ast.List | ast.Tuple):
            pending.extend(node.elts)
        elif isinstance(node, ast.Dict):
            pending.extend(node.values)
        elif isinstance(node, ast.Subscript):
            pending.append(node.value)
        elif isinstance(node, ast.Name) and node.id in constants and node.id not in followed:
            followed.add(node.id)
            pending.append(constants[node.id])


def _of_categories(source: str) -> Iterator[Found]:
    for row in csv.DictReader(io.StringIO(source)):
        yield row["name"], None


def _of_template(source: str) -> Iterator[Found]:
    for match in TAG.finditer(source):
        yield ast.literal_eval(match[1]).replace("%", "%%"), None  # as Django looks a tag's words up
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
    lines = [
        f"{wanted[text][0]}: {_short(text)}（有处带数、有处不带数 with a number here, without one there）"
        for text in counted_and_not()
        if text in wanted
    ]
    for language in LANGUAGES:
        entries = {entry.msgid: entry for entry in _load(catalogue(language)) if not entry.obsolete}
        for text, (where, plural) in wanted.items():
            if why := _fault(entries.get(text), text, plural):
                lines.append(f"{language}: {where}: {_short(text)}（{why}）")
        lines += [
            f"{language}: {_short(text)}（已不再用 no longer used）"
            for text in entries.keys() - wanted.keys()
        ]
    return lines


def _fault(entry: polib.POEntry | None, text: str, plural: str | None) -> str:
    """What is wrong with the translation of one text; "" when nothing is."""
    if entry is None or not entry.translated():
        return "没有译文 not translated"
    if (entry.msgid_plural or None) != plural:
        return "复数不一致 plural differs"
    forms = list(entry.msgstr_plural.values()) if plural else [entry.msgstr]
    if any(placeholders(form) != placeholders(text) for form in forms):
        return "占位符不一致 placeholders differ"
    # Django puts translations into attributes of a page as they stand.
    if any(mark in form and mark not in text for form in forms for mark in '"<>&'):
        return '译文中不能有 " < > & may break a page'
    return ""


def placeholders(text: str) -> list[str]:
    """Those of % and of str.format, sorted, so that one used twice or lost is seen."""
    named = r"%\(\w+\)[a-z]|\{[\w.]*(?:![rsa])?(?::[^{}]*)?\}|%%|%[sd]"
    return sorted(re.findall(named, text))


def _short(text: str) -> str:
    text = text.replace("\n", "⏎")
    return text if len(text) <= 40 else f"{text[:39]}…"


def update_all() -> None:
    """Add new texts to each catalogue and drop those no longer used."""
    wanted = texts()
    for language in LANGUAGES:
        file = catalogue(language)
        book = _load(file)
        known = {entry.msgid: entry for entry in book if not entry.obsolete}
        book.clear()
        book.extend(_entry(text, where, plural, known.get(text)) for text, (where, plural) in wanted.items())
        book.sort(key=lambda entry: (entry.occurrences[0][0], entry.msgid))
        file.parent.mkdir(parents=True, exist_ok=True)
        book.save(str(file))


def _entry(text: str, where: str, plural: str | None, known: polib.POEntry | None) -> polib.POEntry:
    """The entry of a text as it is asked for today, with the translation it already has."""
    entry = polib.POEntry(msgid=text, occurrences=[(where, "")])
    if known is not None:
        entry.comment, entry.tcomment, entry.flags = known.comment, known.tcomment, known.flags
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = (known and known.msgstr_plural) or {0: "", 1: ""}
    else:
        entry.msgstr = known.msgstr if known else ""
    return entry


def compile_all() -> None:
    """.po → .mo, for those whose .mo is missing or older."""
    for file in sorted(LOCALE.rglob("*.po")) if LOCALE.exists() else []:
        compiled = file.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < file.stat().st_mtime:
            polib.pofile(str(file)).save_as_mofile(str(compiled))
