"""Whatever is sent, the answer is in the format and never a 500."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.open311.tests.asker import Asker

NAMES = st.sampled_from(
    ["service_code", "lat", "long", "address_string", "address_id", "email", "device_id", "account_id", "first_name",
     "last_name", "phone", "description", "media_url", "jurisdiction_id", "attribute[anonymous]", "attribute[x][]",
     "attribute[", "start_date", "end_date", "updated_after", "updated_before", "status", "page", "page_size", "radius",
     "bbox", "service_request_id", "update_id", "updated_datetime"]
)  # fmt: skip
LIKELY = st.sampled_from(
    ["201001", "open", "closed", "FIXED", "30.05", "120.05", "-0", "1e400", "nan", "330402001001", "2026-01-01",
     "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z",
     "true", "https://a.example/b", "1,2,3,4",
     "13812345678", "a@b.example", "26000000017", "١٢٣", "\ufeff", "\u202e", "😀" * 50, "％００"]
)  # fmt: skip
VALUES = LIKELY | st.text(max_size=60) | st.floats().map(str) | st.integers().map(str)
FORMS = st.dictionaries(NAMES | st.text(max_size=12), VALUES, max_size=12)
PATHS = st.sampled_from(["requests.json", "requests.xml", "servicerequestupdates.json", "services.xml"])
MANY = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def encoded(form: dict[str, str]) -> bytes:
    pairs = (f"{quote(n, errors='replace')}={quote(v, errors='replace')}" for n, v in form.items())
    return "&".join(pairs).encode("ascii")


@MANY
@given(path=PATHS, form=FORMS)
def test_any_query(app: Asker, path: str, form: dict[str, str]) -> None:
    query = encoded(form).decode()
    assert app.send("GET", f"{path}?{query}").status_code in (200, 400, 404)


@MANY
@given(path=PATHS, form=FORMS)
def test_any_form(app: Asker, path: str, form: dict[str, str]) -> None:
    body = encoded({"service_code": "201001", "description": "x", **form, "api_key": app.key})
    assert app.send("POST", path, body).status_code in (201, 400, 403, 404, 405)


@MANY
@given(path=PATHS, raw=st.binary(max_size=300), kind=st.sampled_from(
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/xml", ""]
))  # fmt: skip
def test_any_bytes(app: Asker, path: str, raw: bytes, kind: str) -> None:
    bearer = {"headers": {"Authorization": f"Bearer {app.key}"}}
    assert app.send("POST", path, raw, kind, **bearer).status_code in (201, 400, 403, 404, 405, 413, 415)


@MANY
@given(
    before=st.sampled_from(["services/", "requests/", "tokens/", ""]),
    name=st.text(max_size=40),
    after=st.sampled_from([".json", ".xml", ".", "", ".html"]),
)
def test_any_address(stranger: Asker, city: SmallCity, before: str, name: str, after: str) -> None:
    path = f"{before}{quote(name, safe='', errors='replace')}{after}"
    assert stranger.send("GET", path).status_code in (200, 400, 404)
