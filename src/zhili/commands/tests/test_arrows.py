"""The arrows import-linter cannot see."""

import ast

from zhili.commands import arrows


def test_a_part_may_use_what_stands_above_it_and_nothing_else() -> None:
    assert arrows.allowed("zhili.core.cases", "zhili.core.people")
    assert not arrows.allowed("zhili.core.people", "zhili.core.cases")
    assert arrows.allowed("zhili.portal", "zhili.core.indicators")
    assert not arrows.allowed("zhili.core.web", "zhili.portal")
    assert not arrows.allowed("zhili.scenarios.inspections", "zhili.scenarios.citizen_reports")
    assert arrows.allowed("zhili.core.people", "django.contrib.auth")


def test_a_template_of_a_higher_part_is_refused_and_a_missing_one_named() -> None:
    owners = {"portal/frame.html": "zhili.portal", "base.html": "zhili.core.web"}
    assert not list(arrows._template("zhili.portal", "a.html", "base.html", owners))
    assert list(arrows._template("zhili.core.forms", "a.html", "portal/frame.html", owners))
    assert "no such template" in next(arrows._template("zhili.portal", "a.html", "gone.html", owners))


def test_a_model_named_in_a_string_counts_as_an_import() -> None:
    call = ast.parse("apps.get_model('cases.Case')", mode="eval").body
    assert isinstance(call, ast.Call)
    labels = {"cases": "zhili.core.cases"}
    assert list(arrows._get_model("zhili.core.people", "x.py", call, labels))
    assert not list(arrows._get_model("zhili.portal", "x.py", call, labels))
