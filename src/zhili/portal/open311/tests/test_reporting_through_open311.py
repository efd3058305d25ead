"""POST requests: a case is opened, once, with no person in it."""

from __future__ import annotations

import pytest

from zhili.core.cases.models import Case, CaseSecret, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.exchange.models import Submission
from zhili.core.exchange.open311 import accepting
from zhili.core.people import tokens
from zhili.core.people.models import Account, Secret
from zhili.portal.open311.tests.asker import FORM, Asker, errors, said, xml

pytestmark = pytest.mark.sql


def test_a_report_becomes_a_case_of_that_category_at_that_place(app: Asker, city: SmallCity) -> None:
    response = app.report(description="垃圾成堆，三天没人收", address_string="建设路1号")
    assert response.status_code == 201
    (given,) = response.json()
    assert set(given) == {"service_request_id", "service_notice", "account_id"}
    case = Case.objects.get(number=given["service_request_id"])
    assert (case.channel, case.category, case.stage) == ("open311", "201001", "received")
    assert (case.lon, case.lat, case.address) == (INSIDE["lon"], INSIDE["lat"], "建设路1号")
    assert case.office_id == city.offices["A.grid"].pk
    assert Step.objects.get(case=case).data["what"] == "垃圾成堆，三天没人收"
    assert not case.public, "a stranger's words are read before they are shown"


def test_in_xml_the_answer_holds_the_number(app: Asker) -> None:
    form = {"service_code": "201001", "address_string": "建设路", "description": "垃圾"}
    top = xml(app.post("requests.xml", **form))
    assert top.tag == "service_requests"
    assert top[0].tag == "request"
    assert Case.objects.filter(number=top[0].findtext("service_request_id")).exists()


@pytest.mark.parametrize("where", ["330402001001", "33040200100101"])
def test_an_address_id_is_a_division_or_a_grid_cell(app: Asker, city: SmallCity, where: str) -> None:
    number = app.reported(lat="", long="", address_id=where)
    case = Case.objects.get(number=number)
    assert case.division_id == city.divisions["A.village"].pk


def test_names_and_numbers_are_sealed_and_nowhere_else(app: Asker) -> None:
    contact = {"first_name": "三丰", "last_name": "张", "phone": "13812345678", "email": "zsf@example.com"}
    number = app.reported(**contact, device_id="IMEI-1", account_id="account-77")
    case = Case.objects.get(number=number)
    kinds = set(
        Secret.objects.filter(pk__in=CaseSecret.objects.filter(case=case).values("secret_id")).values_list(
            "kind", flat=True
        )
    )
    assert kinds == {"name", "phone", "email"}
    kept = str(Step.objects.get(case=case).data)
    for text in ("张三丰", "13812345678", "zsf@example.com", "IMEI-1", "account-77"):
        assert text not in kept


def test_too_little_contact_is_not_kept_and_the_sender_is_told(app: Asker) -> None:
    response = app.report(email="zsf@example.com")
    assert response.status_code == 201
    assert "phone" in response.json()[0]["service_notice"]
    case = Case.objects.get(number=response.json()[0]["service_request_id"])
    assert not CaseSecret.objects.filter(case=case).exists()


def test_who_says_anonymous_stays_so(app: Asker) -> None:
    number = app.reported(phone="13812345678", **{"attribute[anonymous]": "true"})
    assert not CaseSecret.objects.filter(case__number=number).exists()


def test_a_link_is_kept_as_words_and_never_fetched(app: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def reached(*args: object, **more: object) -> None:
        raise AssertionError("the server fetched what a stranger named")

    monkeypatch.setattr(socket, "getaddrinfo", reached)
    number = app.reported(media_url="http://169.254.169.254/latest/meta-data")
    assert "http://169.254.169.254/latest/meta-data" in Step.objects.get(case__number=number).data["what"]
    assert app.report(media_url="file:///etc/passwd").status_code == 400


def test_without_a_key_nothing_is_opened(stranger: Asker, city: SmallCity) -> None:
    before = Case.objects.count()
    assert stranger.report().status_code == 403
    assert Asker("zhl_wrong").report().status_code == 403
    assert Asker.with_key("reads", tokens.READ).report().status_code == 403
    city.resident("somebody")
    stranger.client.force_login(
        Account.objects.get(username="somebody"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert stranger.report().status_code == 403, "a session is no key"
    assert Case.objects.count() == before


def test_a_key_for_open311_opens_no_other_door(app: Asker) -> None:
    response = app.client.get("/api/v1/me", headers={"Authorization": f"Bearer {app.key}"})
    assert response.status_code == 403


def test_the_same_report_within_ten_minutes_is_one_case(app: Asker) -> None:
    first, second = app.report(), app.report()
    assert first.json()[0]["service_request_id"] == second.json()[0]["service_request_id"]
    assert second["Idempotent-Replay"] == "true"
    assert app.reported(description="另一堆") != first.json()[0]["service_request_id"]
    assert Asker.with_key("other").reported() != first.json()[0]["service_request_id"]


def test_later_the_same_words_are_another_matter(app: Asker) -> None:
    first = app.reported()
    old = Submission.objects.get()
    Submission.objects.filter(pk=old.pk).update(created_at=old.created_at - accepting.WINDOW * 2)
    assert app.reported() != first


def test_an_idempotency_key_makes_a_repeat_harmless(app: Asker) -> None:
    key = {"Idempotency-Key": "a-key-of-theirs"}
    first, second = app.report(key), app.report(key)
    assert first.json()[0]["service_request_id"] == second.json()[0]["service_request_id"]
    assert second["Idempotent-Replay"] == "true"
    other = app.report(key, description="另一件事")
    assert other.status_code == 400
    assert app.report({"Idempotency-Key": "has spaces"}).status_code == 400


def test_every_fault_is_named_by_its_argument(app: Asker) -> None:
    assert "service_code" in said(app.report(service_code=""))
    assert app.report(service_code="404404").status_code == 404
    assert "lat" in said(app.report(long=""))
    assert "lat" in said(app.report(lat="", long=""))
    assert "lat" in said(app.report(lat="91", long="181"))
    assert "description" in said(app.report(description=""))
    assert "description" in said(app.report(description="长" * 4001))
    assert "phone" in said(app.report(phone="12"))
    assert "address_id" in said(app.report(lat="", long="", address_id="x"))
    assert "attribute[nothing]" in said(app.report(**{"attribute[nothing]": "1"}))
    two = errors(app.report(phone="12", email="not an address", description=""))
    assert len(two) >= 2
    assert not Case.objects.exists()


def test_only_a_form_is_taken(app: Asker) -> None:
    assert app.send("POST", "requests.json", b"{}", "application/json").status_code == 415
    assert app.send("POST", "requests.xml", b"<a/>", "text/xml").status_code == 415
    assert app.send("POST", "requests.json", b"description=%ff%fe").status_code == 400
    assert app.send("POST", "requests.json", "description=中".encode("gb18030")).status_code == 400
    assert app.send("POST", "requests.json", b"a=1&" * 300).status_code == 400
    assert app.send("POST", "requests.json", b"description=" + b"x" * 300_000).status_code == 413


def test_a_form_in_parts_is_taken_but_no_files(app: Asker) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    form = {"api_key": app.key, "service_code": "201001", "address_string": "建设路", "description": "垃圾"}
    assert app.client.post("/open311/v2/requests.json", form).status_code == 201
    photo = SimpleUploadedFile("a.jpg", b"x", "image/jpeg")
    assert app.client.post("/open311/v2/requests.json", {**form, "media": photo}).status_code == 400


def test_who_prefers_not_to_wait_gets_a_token_and_later_the_number(app: Asker) -> None:
    response = app.report({"Prefer": "respond-async"}, phone="13812345678", first_name="三", last_name="张")
    assert response.status_code == 202
    (given,) = response.json()
    assert "service_request_id" not in given
    assert not Case.objects.exists()
    waiting = app.get(f"tokens/{given['token']}.json").json()
    assert waiting == [{"service_request_id": None, "token": given["token"]}]
    again = app.report({"Prefer": "respond-async"}, phone="13812345678", first_name="三", last_name="张")
    assert again.json()[0]["token"] == given["token"]
    assert accepting.open_waiting() == 1
    assert accepting.open_waiting() == 0
    (found,) = app.get(f"tokens/{given['token']}.json").json()
    case = Case.objects.get(number=found["service_request_id"])
    assert CaseSecret.objects.filter(case=case).count() == 2
    row = Submission.objects.get(token=given["token"])
    assert row.secret_id is None
    assert Secret.objects.filter(kind="text", erased_at=None).count() == 0
    top = xml(app.get(f"tokens/{given['token']}.xml"))
    assert top[0].findtext("service_request_id") == case.number


def test_a_token_of_nobody_is_not_found(app: Asker) -> None:
    assert app.get("tokens/123456.json").status_code == 404
    assert app.get("tokens/123456.xml").status_code == 404


def test_what_cannot_be_opened_later_says_so_at_its_token(
    app: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = app.report({"Prefer": "respond-async"}).json()[0]["token"]
    monkeypatch.setattr(accepting.catalogue, "services", dict)
    assert accepting.open_waiting() == 1
    assert app.get(f"tokens/{token}.json").status_code == 400


def test_old_submissions_are_forgotten(app: Asker) -> None:
    app.report()
    row = Submission.objects.get()
    assert accepting.prune() == 0
    Submission.objects.filter(pk=row.pk).update(created_at=row.created_at - accepting.KEPT * 2)
    assert accepting.prune() == 1


def test_the_wrong_city_is_not_found(app: Asker) -> None:
    for own in ("330400", "330400000000", "testserver", ""):
        assert app.get("services.json", jurisdiction_id=own).status_code == 200
    assert app.get("services.json", jurisdiction_id="sfgov.org").status_code == 404
    assert app.report(jurisdiction_id="sfgov.org").status_code == 404


def test_who_asks_too_often_is_told_when_to_come_back(
    stranger: Asker, app: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhili.portal.open311 import asking

    monkeypatch.setattr(asking, "allowed", lambda: 2)
    monkeypatch.setattr(asking, "_per_key", lambda: 3)
    statuses = [stranger.get("services.xml").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    limited = [app.get("services.json") for _ in range(4)][-1]
    assert limited.status_code == 429
    assert int(limited["Retry-After"]) >= 1


def test_methods_and_endings_nobody_offers(app: Asker) -> None:
    refused = app.send("DELETE", "requests.json")
    assert refused.status_code == 405
    assert "GET" in refused["Allow"]
    assert app.send("POST", "services.xml").status_code == 405
    for path in ("requests.html", "nothing.json", "nothing", "", "/open311/", "requests/1/2.json"):
        assert app.get(path if path.startswith("/") else f"/open311/v2/{path}").status_code == 404
    assert app.send("OPTIONS", "requests.json").status_code == 204
    assert app.client.head("/open311/v2/services.json").status_code == 200
    assert app.client.generic("POST", "/open311/v2/requests", b"", FORM).status_code == 403
