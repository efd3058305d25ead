"""A stream is for somebody signed in to a post, and ends when they are so no more."""

import socket
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.models import Post, PostHolding
from zhili.core.streams import emit
from zhili.portal.live import serving
from zhili.portal.live.tests.screens import Watching, session_of, until
from zhili.portal.live.tests.test_a_cut_screen_misses_nothing import report
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.serving import Served


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LOOK_AGAIN", 0.1)


def test_strangers_and_residents_are_refused(served: Served, small_city: SmallCity) -> None:
    assert Watching(served, None).open().status == 401
    assert Watching(served, None, session="a" * 32).open().status == 401
    assert Watching(served, small_city.resident()).open().status == 403


def test_what_is_asked_must_make_sense(served: Served, small_city: SmallCity) -> None:
    town = small_city.actor("A.town")
    assert Watching(served, town, "").open().status == 400
    assert Watching(served, town, "a<b").open().status == 400
    assert Watching(served, town).open(Authorization="Bearer x").status == 400


def test_a_page_of_another_site_is_refused(served: Served, small_city: SmallCity) -> None:
    town = small_city.actor("A.town")
    assert Watching(served, town).open(Origin="https://elsewhere.example").status == 403
    assert Watching(served, town).open(**{"Sec-Fetch-Site": "cross-site"}).status == 403
    own = Watching(served, town).open(Origin=served.url, **{"Sec-Fetch-Site": "same-origin"})
    assert own.status == 200
    own.cut()


def test_signing_out_ends_the_stream(served: Served, small_city: SmallCity) -> None:
    screen = Watching(served, small_city.actor("A.town")).open()
    Session.objects.filter(pk=screen.session).delete()
    until(lambda: screen.ends == [("end", "signed_out")])
    assert screen.over.wait(2)
    assert screen.open().status == 401


def test_a_session_that_runs_out_ends_the_stream(served: Served, small_city: SmallCity) -> None:
    screen = Watching(served, small_city.actor("A.town")).open()
    Session.objects.filter(pk=screen.session).update(expire_date=timezone.now() - timedelta(seconds=1))
    until(lambda: screen.ends == [("end", "signed_out")])


def test_leaving_a_post_ends_the_stream(served: Served, small_city: SmallCity) -> None:
    actor = small_city.actor("A.town")
    screen = Watching(served, actor).open()
    PostHolding.objects.filter(account_id=actor.account_id).update(valid_to=timezone.localdate())
    until(lambda: screen.ends == [("end", "post_changed")])


def test_choosing_another_post_ends_the_stream(served: Served, small_city: SmallCity) -> None:
    actor = small_city.actor("A.town")
    other = Post.objects.create(office=small_city.offices["A"], title="值班", roles=["handler"])
    PostHolding.objects.create(post=other, account_id=actor.account_id, valid_from=timezone.localdate())
    client = reader(actor)
    screen = Watching(served, None, session=client.cookies[settings.SESSION_COOKIE_NAME].value).open()
    stays = Watching(served, actor).open()
    client.post("/accounts/post", {"post": other.pk})
    until(lambda: screen.ends == [("end", "post_changed")])
    number = report(small_city)
    until(lambda: stays.of(number))
    assert stays.ends == []
    stays.cut()


def test_one_session_has_only_so_many_streams(
    served: Served, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "EACH_SESSION", 2)
    session = session_of(small_city.actor("A.town"))
    screens = [Watching(served, None, session=session).open() for _ in range(3)]
    until(lambda: screens[0].ends == [("end", "too_many_streams")])
    assert not screens[1].ends
    assert not screens[2].ends
    for screen in screens[1:]:
        screen.cut()


def test_a_slow_reader_is_let_go_and_the_others_go_on(served: Served, small_city: SmallCity) -> None:
    town = small_city.actor("A.town")
    other = Watching(served, town).open()
    number = report(small_city)
    until(lambda: other.of(number))
    case_id = int(other.served.live.hub.kept[-1].row.subject or 0)
    with socket.create_connection(("127.0.0.1", served.port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(town)}"
        host = urlsplit(served.url).netloc
        slow.sendall(
            f"GET /live?topics=matters HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        until(lambda: len(served.live.hub.screens) == 2)
        written = 0
        while len(served.live.hub.screens) == 2:  # it never reads
            with transaction.atomic():
                for _ in range(400):
                    emit("step", case_id, {"at": "2026-11-22T08:00:00+00:00", "action": "note"})
            written += 400
            assert written < 60_000
            until(lambda total=written: len(other.told) > total)
    after = report(small_city)
    until(lambda: other.of(after))
    other.cut()
    until(lambda: not served.live.hub.screens)


def test_streams_hold_no_database_connection(served: Served, small_city: SmallCity) -> None:
    screens = [Watching(served, small_city.actor("A.town")).open() for _ in range(12)]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s",
            ["%streams_event%"],
        )
        assert cursor.fetchone()[0] <= 2
    assert len(served.live.hub.screens) == 12
    for screen in screens:
        screen.cut()
