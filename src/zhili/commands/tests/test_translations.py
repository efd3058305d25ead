"""Every text that people read is found, in code, declarations and templates."""

from pathlib import Path

import polib
import pytest
from django.template import Context, Engine
from django.utils import translation

from zhili.commands import translations
from zhili.commands.translations import _of_categories, _of_python, _of_template, faults, placeholders


def python(source: str) -> list[str]:
    return [text for text, _ in _of_python(source)]


def template(source: str) -> list[str]:
    return [text for text, _ in _of_template(source)]


def test_gettext_calls() -> None:
    assert python("x = _('已收到'); y = gettext(\"正在办\")") == ["已收到", "正在办"]
    assert list(_of_python("ngettext('%(n)s 件', '%(n)s 件们', n)")) == [("%(n)s 件", "%(n)s 件们")]
    assert python("pgettext('动词', '关')") == ["关"]


def test_a_percent_sign_in_a_template_is_looked_up_as_django_does() -> None:
    assert template('{% translate "抽查比例（%）" %}') == ["抽查比例（%%）"]
    shown = Engine.get_default().from_string('{% load i18n %}{% translate "抽查比例（%）" %}')
    with translation.override("en"):
        assert shown.render(Context()) == "Share drawn (%)"


def test_titles_in_declarations_but_not_examples_or_codes() -> None:
    source = """Stage("已收到", owner=Duty("catering"))
Param("a.b", "15d", title="办理期限", source="信访工作条例", article="22")
Choice("类别", choices=[("a", "市容"), ("b", "交通")], help="可不选", example="例")"""
    wanted = ["已收到", "办理期限", "信访工作条例", "类别", "市容", "交通", "可不选"]
    assert sorted(python(source)) == sorted(wanted)


def test_words_reached_by_a_name_of_the_module_or_the_class() -> None:
    source = """SEEN = "经办人"
LEVELS: dict[str, str] = {"city": "市级"}
UNUSED = "不显示"
class Form:
    KINDS = [("a", "甲")]
    phone = Personal("电话", seen_by=SEEN)
    kind = Choice("种类", choices=KINDS)
gettext(LEVELS[level])"""
    assert sorted(python(source)) == sorted(["经办人", "市级", "甲", "电话", "种类"])


def test_names_of_a_scenarios_categories() -> None:
    assert list(_of_categories("code,parent,name\n1,,路灯\n")) == [("路灯", None)]


def test_template_tags_and_blocks() -> None:
    assert template("{% translate '报事' %} {% trans \"我的事\" as x %}") == ["报事", "我的事"]
    assert template("{% include 'a.html' with title=_('地图') %}") == ["地图"]
    assert template("{{ site|default:_('治理') }}") == ["治理"]
    block = (
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} 件\n"
        "{% plural %}\n  {{ n }} 件事\n{% endblocktranslate %}"
    )
    assert list(_of_template(block)) == [("%(n)s 件", "%(n)s 件事")]


def test_placeholders_are_compared_as_names() -> None:
    assert placeholders("%(n)s 件，{who}") == placeholders("{who}: %(n)s cases")
    assert placeholders("%(n)s") != placeholders("%(m)s")
    assert placeholders("{due}前") != placeholders("soon")
    assert placeholders("{a}") != placeholders("{a} and {a}")
    assert placeholders("{n:,} 件") != placeholders("{n} matters")


def catalogue_of(monkeypatch: pytest.MonkeyPatch, *entries: polib.POEntry) -> list[str]:
    """The faults of an English catalogue of these entries, each text asked for as the entry has it."""
    book = polib.POFile()
    book.extend(entries)
    wanted = {entry.msgid: ("a.py", entry.msgid_plural or None) for entry in entries}
    monkeypatch.setattr(translations, "_load", lambda _file: book)
    monkeypatch.setattr(translations, "texts", lambda: wanted)
    return faults()


def test_a_translation_keeps_every_placeholder(monkeypatch: pytest.MonkeyPatch) -> None:
    good = polib.POEntry(msgid="{due}前由{office}办", msgstr="{office} by {due}")
    assert catalogue_of(monkeypatch, good) == []
    lost = polib.POEntry(msgid="{due}前由{office}办", msgstr="{office} soon")
    assert "占位符" in catalogue_of(monkeypatch, lost)[0]
    half = polib.POEntry(
        msgid="%(n)s 天", msgid_plural="%(n)s 天", msgstr_plural={0: "one day", 1: "%(n)s days"}
    )
    assert "占位符" in catalogue_of(monkeypatch, half)[0]


def test_a_translation_cannot_break_out_of_an_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalogue_of(monkeypatch, polib.POEntry(msgid="“我的事”", msgstr="‘My reports’")) == []
    quoted = polib.POEntry(msgid="“我的事”", msgstr='"My reports"')
    assert "break a page" in catalogue_of(monkeypatch, quoted)[0]


def test_a_text_with_and_without_a_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [("%(n)s 天", "%(n)s 天", "a.html"), ("%(n)s 天", None, "b.py"), ("天", None, "c.py")]
    monkeypatch.setattr(translations, "_everything", lambda: iter(both))
    assert translations.counted_and_not() == ["%(n)s 天"]
    assert any("带数" in fault for fault in faults())


def test_updating_keeps_what_is_translated_and_drops_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "django.po"
    monkeypatch.setattr(translations, "catalogue", lambda _language: file)
    monkeypatch.setattr(translations, "texts", lambda: {"旧": ("a.py", None), "同": ("a.py", None)})
    translations.update_all()
    book = polib.pofile(str(file))
    book.header = "Glossary"
    for entry in book:
        entry.msgstr = "same"
    book.save()
    monkeypatch.setattr(translations, "texts", lambda: {"同": ("b.py", None), "新": ("b.py", "新")})
    translations.update_all()
    after = polib.pofile(str(file))
    assert after.header == "Glossary"
    assert {entry.msgid: entry.msgstr for entry in after} == {"同": "same", "新": ""}


def test_a_missing_translation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhili.commands.translations.texts", lambda: {"从未译过的一句": ("a.py", None)})
    assert any("从未译过的一句" in fault for fault in faults())
