"""Every text that people read is found, in code, declarations and templates."""

from zhili.commands.translations import _of_python, _of_template, faults, placeholders


def python(source: str) -> list[str]:
    return [text for text, _ in _of_python(source)]


def template(source: str) -> list[str]:
    return [text for text, _ in _of_template(source)]


def test_gettext_calls() -> None:
    assert python("x = _('已收到'); y = gettext(\"正在办\")") == ["已收到", "正在办"]
    assert list(_of_python("ngettext('%(n)s 件', '%(n)s 件们', n)")) == [("%(n)s 件", "%(n)s 件们")]
    assert python("pgettext('动词', '关')") == ["关"]


def test_titles_in_declarations_but_not_citations_or_codes() -> None:
    source = """Stage("已收到", owner=Duty("catering"))
Param("a.b", "15d", title="办理期限", source="信访工作条例", article="22")
Choice("类别", choices=[("a", "市容"), ("b", "交通")], help="可不选")"""
    assert sorted(python(source)) == sorted(["已收到", "办理期限", "类别", "市容", "交通", "可不选"])


def test_template_tags_and_blocks() -> None:
    assert template("{% translate '报事' %} {% trans \"我的事\" as x %}") == ["报事", "我的事"]
    assert template("{% include 'a.html' with title=_('地图') %}") == ["地图"]
    block = (
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} 件\n"
        "{% plural %}\n  {{ n }} 件事\n{% endblocktranslate %}"
    )
    assert list(_of_template(block)) == [("%(n)s 件", "%(n)s 件事")]


def test_placeholders_are_compared_as_names() -> None:
    assert placeholders("%(n)s 件，{who}") == placeholders("{who}: %(n)s cases")
    assert placeholders("%(n)s") != placeholders("%(m)s")


def test_a_missing_translation_is_named(monkeypatch) -> None:
    monkeypatch.setattr("zhili.commands.translations.texts", lambda: {"从未译过的一句": ("a.py", None)})
    assert any("从未译过的一句" in fault for fault in faults())
