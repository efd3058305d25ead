"""`zhili exchange`: a site is added by the fingerprint heard on the telephone, agreements loaded, keys revoked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhili.commands.exchange import app
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import SiteAgreement, SiteKey
from zhili.core.exchange.sites import keys
from zhili.portal.exchange.tests import other_site
from zhili.portal.exchange.tests.conftest import city, published
from zhili.portal.exchange.tests.other_site import HERE

__all__ = ["city", "published"]
pytestmark = pytest.mark.django_db


def test_at_the_command_line(city: SmallCity, published: str, tmp_path: Path) -> None:
    def run(*args: str) -> str:
        done = CliRunner().invoke(app, list(args))
        return f"{done.exit_code} {done.output}"

    office = city.offices["city"].code
    add = ("site", "add", "https://jinshan.example", "--office", office)
    assert run(*add, "--fingerprint", "0000 1111").startswith("1 ")
    assert run(*add, "--fingerprint", published).startswith("0 ")
    key = SiteKey.objects.get()
    assert key.keyid in run("site", "list") or key.keyid.partition("#")[2] in run("site", "list")
    file = tmp_path / "agreement.json"
    file.write_text(json.dumps(other_site.agreement("jinshan.shanghai")))
    into = ("--into", "citizen_reports.report/report", "--field", "river=what")
    assert run("agreement", "load", str(file), *into).startswith("0 ")
    row = SiteAgreement.objects.get()
    assert (row.procedure, row.opening, row.local_field) == (
        "citizen_reports.report",
        "report",
        {"river": "what"},
    )
    assert row.digest[:16] in run("agreement", "list")
    file.write_text(json.dumps({**other_site.agreement("jinshan.shanghai", 2), "due_days": 0}))
    assert "due_days" in run("agreement", "load", str(file))
    assert run("site", "revoke", key.keyid, "--reason", "泄露").startswith("0 ")
    assert SiteKey.objects.get().revoked_at is not None
    assert HERE in run("id")
    assert keys.fingerprint(keys.current().public) in run("keys")
