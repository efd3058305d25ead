"""The processes of `python -m bench.exchange` beside the two sites: their operators, their offices, the bare loop.

python -m bench.exchanging prepare|open|hand_over|handle|bare_take|bare_send     started by bench/exchange.py with the
environment of a site; JSON in, JSON lines out.
"""

import json
import os
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROCEDURE, OPENING = "citizen_reports.report", "report"
GIVEN_TO = "路灯"
"""The opener's matters are of this category: at once with the joint centre."""
AGREEMENT = {
    "code": "bench.border",
    "version": 1,
    "title": "两地协同",
    "sites": ["pinghu.jiaxing", "jinshan.shanghai"],
    "group": "",
    "fields": [],
    "personal": [],
    "gate_personal": False,
    "files": True,
    "due_days": 2,
    "topics": [],
    "valid_from": "2026-01-01",
    "valid_to": None,
}
LISTED = """
SELECT c.id FROM exchange_link l JOIN cases_case c ON c.id = l.case_id
WHERE l.way = 'in' AND l.state = 'waiting' AND c.stage = 'received' AND l.case_id > %s ORDER BY l.case_id LIMIT 500"""


# ---- operators: two cities that know one another


def prepare(given: dict[str, Any]) -> None:
    """A city, our keys told, theirs pinned, one agreement loaded. Both sides run this at once."""
    from zhili.core.cases import categories, routing
    from zhili.core.cases.models import Category, Duty
    from zhili.core.exchange.sites import keys, peers
    from zhili.core.people import demo as people
    from zhili.core.people.models import PostHolding
    from zhili.core.places import demo as places
    from zhili.core.trail import keys as trail_keys

    os.environ["ZHILI_DEMO"] = "1"
    places.load()
    people.load()
    categories.load("citizen_reports")
    name = os.environ["ZHILI_DEMO_CITY"]
    category = Category.objects.get(scenario="citizen_reports", name=GIVEN_TO).code
    seat = PostHolding.objects.select_related("post__office__division").get(account__username="joint")
    if given["opens"]:
        Duty.objects.create(
            scenario="citizen_reports", category=category, division=seat.post.office.division,
            office=seat.post.office, direct=True, source="bench",
        )  # fmt: skip
    routing.forget()
    own = {
        "public": [k.public.hex() for k in keys.active()],
        "trail": trail_keys.vkeys(),
        "category": category,
    }
    theirs = _meet(Path(given["meeting"]), name, given["other"], own)
    site = peers.add(
        peers.Known(
            site=given["other_site"], title=given["other_site"], url=given["other_url"], office=seat.post.office.code,
            keys=tuple(bytes.fromhex(one) for one in theirs["public"]), trail_keys=tuple(theirs["trail"]),
            private_allowed=True, per_minute=1_000_000,
        ),
        _operator(),
    )  # fmt: skip
    pair = (category, theirs["category"]) if name == "pinghu" else (theirs["category"], category)
    document = {**AGREEMENT, "categories": [{"a": pair[0], "b": pair[1]}]}
    loaded = peers.load_agreement(site, document, _operator(), procedure=PROCEDURE, opening=OPENING)
    cell = PostHolding.objects.get(account__username="grid").post.office.cell
    assert cell is not None
    _say(agreement=loaded.pk, spot=[cell.lon, cell.lat], category=category, theirs=theirs["category"])


def _operator() -> Any:
    from zhili.core.people.actors import Actor

    return Actor(kind="rule", label="bench")


def _meet(meeting: Path, name: str, other: str, own: dict[str, Any]) -> dict[str, Any]:
    draft = meeting / f"{name}.new"
    draft.write_text(json.dumps(own))
    draft.rename(meeting / f"{name}.json")
    end = time.monotonic() + 120
    while not (meeting / f"{other}.json").exists():
        if time.monotonic() > end:
            raise SystemExit(f"{other} did not come")
        time.sleep(0.05)
    found: dict[str, Any] = json.loads((meeting / f"{other}.json").read_text())
    return found


# ---- offices: who hands over, who handles


def open_(given: dict[str, Any]) -> None:
    """So many matters, reported by nobody in particular; they are at the joint centre."""
    from zhili.core.cases import doors
    from zhili.core.people.actors import Actor

    reporter = Actor(kind="anonymous", label="")
    lon, lat = given["spot"]
    numbers = []
    for n in range(given["number"]):
        data = {
            "what": f"第{n}盏路灯不亮，在界河桥头。",
            "place": {"lon": lon, "lat": lat, "address": "界河桥头"},
            "category": given["category"],
            "anonymous": True,
        }
        numbers.append(doors.open_case(PROCEDURE, OPENING, reporter, data).number)
    _say(numbers=numbers)


def hand_over(given: dict[str, Any]) -> None:
    """Hand each of these over, as an officer of the joint centre does."""
    from zhili.core.cases import doors

    actor = _of("joint")
    _say(began=time.time())
    for n, number in enumerate(given["numbers"]):
        data = {
            "agreement": str(given["agreement"]),
            "category": given["theirs"],
            "what": f"请修复第{n}盏路灯。",
        }
        doors.act(number, "hand_across", actor, data)
    _say(ended=time.time())


def handle(_given: dict[str, Any]) -> None:
    """Take on and answer whatever comes, as the officers of the joint centre do, until told to stop."""
    from django.db import connection

    from zhili.core.cases import doors

    last = 0
    actor = _of("joint")
    while True:
        with connection.cursor() as cursor:
            cursor.execute(LISTED, [last])
            ids = [row[0] for row in cursor.fetchall()]
        for last in ids:
            doors.act(last, "accept", actor)
            doors.act(last, "draft", actor, {"answer": "已修好。"})
            doors.act(last, "issue", actor, {"answer": "已修好，请查看。"})
        if not ids:
            time.sleep(0.05)


def _of(username: str) -> Any:
    from zhili.core.people.actors import of_account
    from zhili.core.people.models import Account

    return of_account(Account.objects.get(username=username))


# ---- the bare loop: one signed request a message, inserted and committed at once on both sides

BARE = "CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, stream text, seq bigint, body jsonb, at timestamptz)"
KEPT = "INSERT INTO bare (stream, seq, body, at) VALUES (%s, %s, %s, now())"


def bare_take(given: dict[str, Any]) -> None:
    """Verify, insert, commit, answer signed. Plain SQL behind a plain server."""
    import psycopg
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from psycopg.types.json import Jsonb

    from zhili.base.exchange import signing, wire

    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    keyid = signing.keyid("bare", key.public_key())
    local = threading.local()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 65_536

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            url = given["url"] + self.path
            headers = dict(self.headers.items())
            now = datetime.now(UTC)
            signing.verify_request("POST", url, headers, body, lambda _id: key.public_key(), now=now)
            if not hasattr(local, "database"):
                local.database = psycopg.connect(given["database"])
            for one in wire.parse_delivery(body).messages:
                local.database.execute(KEPT, [one.stream, one.seq, Jsonb(dict(one.body))])
            local.database.commit()
            asked = signing.Request("POST", url, headers)
            made = signing.sign_response(200, b"{}", asked, key, keyid, now=now)
            self.send_response(200)
            for name, value in {**made, "Content-Length": "2"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: Any) -> None:
            pass

    with psycopg.connect(given["database"], autocommit=True) as database:
        database.execute(BARE)
    ThreadingHTTPServer(("127.0.0.1", given["port"]), Handler).serve_forever()


def bare_send(given: dict[str, Any]) -> None:
    """Each message: insert, commit, sign, post, read the signed answer, mark as sent, commit."""
    import httpx
    import psycopg
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from psycopg.types.json import Jsonb

    from zhili.base.exchange import signing, wire

    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    keyid = signing.keyid("bare", key.public_key())
    url = given["url"] + wire.DELIVERIES_PATH
    client = httpx.Client(trust_env=False)
    with psycopg.connect(given["database"]) as database:
        database.execute(BARE)
        database.commit()
        began = time.perf_counter()
        for n, told in enumerate(given["messages"]):
            now = datetime.now(UTC)
            one = wire.Message(told["stream"], told["seq"], told["kind"], now, told["body"])
            database.execute(KEPT, [one.stream, one.seq, Jsonb(told["body"])])
            database.commit()
            body = wire.encode(wire.Delivery("bare", "bare", f"00000000-0000-4000-8000-{n:012}", now, (one,)))
            headers = signing.sign_request("POST", url, body, key, keyid, now=now)
            answer = client.post(url, content=body, headers=headers)
            asked = signing.Request("POST", url, headers)
            signing.verify_response(
                answer.status_code,
                answer.headers,
                answer.content,
                asked,
                lambda _id: key.public_key(),
                now=now,
            )
            database.execute("UPDATE bare SET at = now() WHERE stream = %s AND seq = %s AND id = lastval()",
                             [one.stream, one.seq])  # fmt: skip
            database.commit()
        _say(rate=len(given["messages"]) / (time.perf_counter() - began))


def _say(**told: Any) -> None:
    print(json.dumps(told), flush=True)


ROLES = {
    "prepare": prepare,
    "open": open_,
    "hand_over": hand_over,
    "handle": handle,
    "bare_take": bare_take,
    "bare_send": bare_send,
}


def main() -> None:
    role = ROLES[sys.argv[1]]
    given = json.loads(sys.stdin.readline() or "{}")
    if role in (bare_take, bare_send):
        role(given)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    from zhili.conf import database

    with database.reachable():
        if role is prepare:
            os.environ["DATABASE_URL"] = database.owner_url()
        os.environ["ZHILI_DB_POOL"] = "0"
        import django

        django.setup()
        role(given)


if __name__ == "__main__":
    main()
