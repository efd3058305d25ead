"""Each page as it leaves the server, before any script: whole, of this site only, and under a strict policy."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.urls import resolve

from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.core.trail import programs
from zhili.portal.tests.authorisation import roles, table, table_of_openings
from zhili.portal.tests.pages_client import reader, words_of
from zhili.portal.tests.scene import Scene, scene_in

pytestmark = pytest.mark.django_db

NOT_WALKED = {
    "desk/admin/sites/<int:remote>/gate/<int:gate_file>": "a file",
    "c/<str:number>/files/<uuid:file>": "a photo, not a page",
    "c/<str:number>/documents/<str:document>.pdf": "a file",
    "c/<str:number>/documents/<str:document>": "walked in test_a_document_in_a_browser.py",
    "desk/c/<str:number>/document": "walked in test_a_document_in_a_browser.py",
    "desk/c/<str:number>/document.pdf": "a file",
    "desk/registers": "leads on to the premises",
    "desk/registers/import/<int:loading>/faults.xlsx": "a file",
    "share": "a link: walked in scenarios/evidence/sharing/tests/test_sharing_in_a_browser.py",
    **dict.fromkeys(
        (
            "desk/admin/posts/<int:post>/reopen",
            "desk/admin/posts/<int:post>/give",
            "desk/admin/holdings/<int:holding>/end",
            "desk/admin/accounts/<int:account>/link",
            "desk/admin/accounts/<int:account>/second-factor",
            "desk/admin/accounts/<int:account>/sessions",
            "desk/admin/accounts/<int:account>/on",
            "desk/admin/duties/<int:duty>",
            "desk/admin/duties/<int:duty>/end",
            "desk/admin/duties/<int:duty>/withdraw",
            "desk/admin/proposals/<int:proposal>/withdraw",
            "desk/admin/calendar/<str:day>/clear",
            "desk/admin/machines/new",
            "desk/admin/tokens/<int:issued>/revoke",
            "desk/admin/senders/<int:sender>/key",
            "desk/admin/senders/<int:sender>/retire",
            "desk/admin/webhooks/<int:webhook>/pause",
            "desk/admin/webhooks/<int:webhook>/resume",
            "desk/admin/webhooks/<int:webhook>/delete",
        ),
        "drawn as the other changes in /desk/admin that are walked",
    ),
    "tv/<str:code>/content": "what a television's page fetches, walked there",
    "desk/admin/duties.xlsx": "a file",
    "desk/admin/tables/blank.xlsx": "a file",
    "desk/admin/tables/imported/points.xlsx": "a file",
    "desk/admin/tables/<int:table>/sheet.xlsx": "a file",
    "desk/admin/log.xlsx": "a file",
    "desk/c/<str:number>/form/<slug:action>": "a part of a case's page, walked there unfolded",
    "my/data/correct/<uuid:secret>": "walked in test_my_data_in_a_browser.py",
    "desk/exports/<int:export>": "walked in test_my_data_in_a_browser.py",
    "offline/ticket": "a word for the outbox",
    "trail/keys": "text for programs",
    "uploads/tus/<str:word>": "how far an upload is, for the program that sends it",
    "register/<slug:of>.csv": "a file",
    "mini/leave": "ends the shell's frame and leads home",
    "map/here": "a part of the map's page: the list of what is in view",
    "accounts/2fa/webauthn/login/": "data for the passkey script",
    **{f"verify/{name}.py": "a file" for name in programs.NAMES},
    "c/<str:number>/act/<slug:action>": "leads back to the matter",
    "desk/c/<str:number>/act/<slug:action>": "leads back to the matter",
    "map/boundaries.geojson": "data",
    "map/matters.geojson": "data",
    "stats/open/<str:month>.json": "data",
    "stats/open/<str:month>.zip": "a file",
    "draw/<int:draw>.json": "data",
    "accounts/inactive/": "for accounts that are closed",
    "accounts/confirm-email/": "needs a letter under way",
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": "needs the key of a letter",
    "accounts/password/reset/done/": "one sentence after a form that is walked",
    "accounts/password/reset/key/done/": "one sentence after a form that is walked",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "needs the key of a letter",
    "accounts/login/code/confirm/": "needs a sign-in under way",
    "accounts/2fa/authenticate/": "needs a sign-in under way",
    "accounts/reauthenticate/": "sends on whoever signed in just now",
    "accounts/email/": "sends on where addresses are not changed",
    "accounts/password/set/": "sends on whoever has a password",
    "accounts/2fa/reauthenticate/": "needs a second factor",
    "accounts/2fa/totp/activate/": "its drawing is made from a secret; allauth's own form in our clothes",
    "accounts/2fa/totp/deactivate/": "needs a second factor",
    "accounts/2fa/recovery-codes/": "needs a second factor",
    "accounts/2fa/recovery-codes/generate/": "needs a second factor",
    "accounts/2fa/recovery-codes/download/": "a file",
    "accounts/2fa/webauthn/": "needs a recent sign-in",
    "accounts/2fa/webauthn/add/": "needs a recent sign-in",
    "accounts/2fa/webauthn/reauthenticate/": "needs a key",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": "needs a key",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": "needs a key",
}
"""Addresses that answer to GET and are not among ``scene.addresses()``, and why not."""


@pytest.fixture
def scene(small_city: SmallCity) -> Scene:
    return scene_in(small_city)


def pages(scene: Scene) -> list[tuple[str, HttpResponse]]:
    clients = {}
    found = []
    for who, address in scene.addresses():
        client = clients.get(who) or clients.setdefault(who, reader(who))
        answer = client.get(address, follow=True)
        assert answer.status_code == (404 if address == "/nowhere" else 200), f"{who}: {address}"
        found.append((address, answer))
    return found


def test_no_page_is_forgotten(scene: Scene) -> None:
    """Whoever adds a page adds it to ``scene.addresses()``, so that every test of this kind walks it."""
    walked = {str(resolve(path.split("?")[0]).route) for _, path in scene.addresses() if path != "/nowhere"}
    declared = {
        address
        for address, methods in {**table.PAGES, **table.SIGN_IN}.items()
        if "GET" in methods and methods["GET"] is not roles.NO_ONE
    } | {table_of_openings.OPENING[0]}
    data = {
        one for one in declared if one.endswith((".json", ".geojson", ".webmanifest", ".js", ".zip", ".pdf"))
    }
    assert declared - walked - set(NOT_WALKED) - data == set(), (
        "add these to scene.addresses(), or say why not"
    )
    assert set(NOT_WALKED) & walked == set(), "these are walked after all"


# ---- the policy


UNSAFE = ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:", "https:", "strict-dynamic")
NEEDED = ("default-src", "object-src", "frame-ancestors", "base-uri", "form-action")


def faults_of(policy: str) -> list[str]:
    """What is loose in a Content-Security-Policy."""
    parts = {one.split()[0]: one.split()[1:] for one in policy.split(";") if one.strip()}
    loose = [
        f"{name} {value}" for name, values in parts.items() for value in values if value.strip("'") in UNSAFE
    ]
    loose += [f"{name} names {v}" for name, values in parts.items() for v in values if "." in v or "//" in v]
    return loose + [f"no {name}" for name in NEEDED if name not in parts]


def test_the_judge_of_policies_sees_a_loose_one() -> None:
    tight = (
        "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    )
    assert faults_of(tight) == []
    assert faults_of(f"{tight}; script-src 'self' 'unsafe-eval'") == ["script-src 'unsafe-eval'"]
    assert faults_of(f"{tight}; style-src https://cdn.example.org") == [
        "style-src names https://cdn.example.org"
    ]
    assert faults_of("default-src 'self'") != []


# ---- what stands in the page


class Reader(HTMLParser):
    """Collects what must not be there: scripts and styles written into the page, addresses of other hosts, and lists
    with nothing in them."""

    LISTS = ("ul", "ol", "tbody", "dl")

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.headings: list[str] = []
        self._open: list[tuple[str, dict[str, str | None], int]] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h1":
            self.headings.append(self.get_starttag_text() or "")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.wrong.append(f"{name}= on <{tag}>")
            fetched = name in ("src", "action", "srcset", "poster") or (name == "href" and tag == "link")
            if fetched and re.match(r"(https?:)?//", value or ""):
                self.wrong.append(f"{name}={value}")
        if tag == "style":
            self.wrong.append("<style>")
        self._in_script = tag == "script" and "src" not in given and given.get("type") != "application/json"
        if self._open:
            last, its, inside = self._open[-1]
            self._open[-1] = (last, its, inside + 1)
        if tag in self.LISTS:
            self._open.append((tag, given, 0))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False
        if tag in self.LISTS and self._open:
            last, given, inside = self._open.pop()
            if not inside and "data-filled-by-script" not in given:
                self.wrong.append(
                    f"an empty <{last} class={given.get('class')}>: say that there is nothing yet"
                )

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.wrong.append(f"a script in the page: {data.strip()[:60]}")


def read(html: str) -> Reader:
    found = Reader()
    found.feed(html)
    return found


def test_the_reader_sees_what_is_wrong() -> None:
    assert (
        read('<ul><li>x</li></ul><a href="https://example.org">x</a><script src="/a.js"></script>').wrong
        == []
    )
    assert len(read("<ul> </ul>").wrong) == 1
    assert len(read('<p onclick="x()" style="a">x</p>').wrong) == 2
    assert len(read("<script>x()</script>").wrong) == 1
    assert len(read('<img src="//example.org/a.png">').wrong) == 1


def complaints(address: str, answer: HttpResponse) -> list[str]:
    found = read(answer.content.decode())
    wrong = found.wrong
    if len(found.headings) != 1:
        wrong = [*wrong, f"{len(found.headings)} main headings"]
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    shown = HttpResponse(main[0] if main else b"")
    if len(words_of(shown).replace(" ", "")) < LEAST:
        wrong = [*wrong, "next to nothing to read without scripts"]
    return [f"{address}: {one}" for one in wrong]


LEAST = 20
"""Letters: less is a shell that a script would have to fill."""


def test_every_page_is_whole_without_scripts_and_under_a_strict_policy(scene: Scene) -> None:
    """One main heading, something to read, nothing inline, nothing from elsewhere, no list without a word; and
    nothing loose in its policy. One walk for both: each page takes as long to draw as all else here."""
    wrong: list[str] = []
    for address, answer in pages(scene):
        policy = faults_of(answer.headers.get("Content-Security-Policy", ""))
        wrong += [*complaints(address, answer), *(f"{address}: policy: {one}" for one in policy)]
    assert wrong == [], "\n".join(wrong)


def test_a_page_says_so_when_there_is_nothing_to_list(small_city: SmallCity) -> None:
    """The city before its first report: no page shows a list, table or heading of figures with nothing in it."""
    grid, leader = small_city.actor("A.grid"), small_city.actor("A.zhzf")
    resident = small_city.resident()
    walk: list[tuple[Actor | None, str]] = [
        *(
            (None, one)
            for one in ("/", "/map", "/stats", "/stats/cases?measure=opened", "/stats/open", "/draw")
        ),
        *((resident, one) for one in ("/my", "/notices")),
        *((who, one) for who in (grid, leader) for one in EMPTY_DESK),
    ]
    wrong = []
    for who, address in walk:
        answer = reader(who).get(address, follow=True)
        wrong += complaints(address, answer)
        if answer.status_code != 200:
            wrong.append(f"{address} answered {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


EMPTY_DESK = ("/desk", "/desk?view=done", "/desk/search", "/desk/search?q=x", "/desk/deputies", "/notices")
