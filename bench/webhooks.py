"""Webhooks: steps of matters to ten receivers, chosen, signed, sent, answered and written down.

    python -m bench.webhooks [matters]

Real matters on a durable private PostgreSQL, a receiver in a process of its own that answers at once. Beside it in the
same run: a bare loop that signs the same bodies with the same signer and posts them one after the other, keeping its
connection, and writes nothing down. Then the same again while one of the ten never answers.
"""

import os
import socket
import subprocess
import sys
import time

from bench import machine
from bench.database import private_database
from bench.lines import Line, at_least, report

TARGET, SHARE, RECEIVERS = 100.0, 0.5, 10
MATTERS = 200
RECEIVER = """
import asyncio, sys

async def serve(reader, writer):
    hang = False
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            hang = head.startswith(b"POST /hang")
            lines = head.lower().split(b"\\r\\n")
            size = next((int(one[15:]) for one in lines if one.startswith(b"content-length:")), 0)
            await reader.readexactly(size)
            if hang:
                await asyncio.sleep(3600)
            writer.write(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()

async def main():
    server = await asyncio.start_server(serve, sock=__import__("socket").socket(fileno=int(sys.argv[1])))
    async with server:
        await server.serve_forever()

asyncio.run(main())
"""


def main() -> int:
    matters = int(sys.argv[1]) if len(sys.argv) > 1 else MATTERS
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    receiver = subprocess.Popen(
        [sys.executable, "-c", RECEIVER, str(listening.fileno())], pass_fds=[listening.fileno()]
    )
    os.environ["ZHILI_LOG_LEVEL"] = "ERROR"
    try:
        with private_database() as version:
            print(f"{machine.line()}, PostgreSQL {version}, load before {machine.load():.1f}")
            lines = _measure(address, matters)
    finally:
        receiver.terminate()
        listening.close()
    return report(lines)


def _measure(address: str, matters: int) -> list[Line]:
    from zhili import demo

    demo.load()
    city = _machine()
    rows = [_subscribe(city, n, f"{address}/well/{n}") for n in range(RECEIVERS)]
    bare = _bare(f"{address}/bare", matters * 2)
    chosen, whole = _told(matters)
    sent = matters * RECEIVERS
    print(f"  chosen in {chosen:.2f} s, delivered in {whole:.2f} s; the bare loop {bare:,.0f}/s")
    rows[0].url = f"{address}/hang"
    rows[0].save()
    _chosen, beside = _told(matters, wait_for=matters * (RECEIVERS - 1))
    return [
        at_least("webhook deliveries, chosen and sent", sent / (chosen + whole), TARGET, "/s"),
        at_least(
            "… over a bare loop of signed POSTs",
            sent / whole / bare * 100,
            SHARE * 100,
            " %",
            f" of {bare:,.0f}/s",
        ),
        at_least("… while one of ten receivers hangs", matters * (RECEIVERS - 1) / beside, TARGET, "/s"),
    ]


def _machine() -> int:
    """A machine account in a post of the city's office."""
    from datetime import date

    from zhili.core.people.models import Account, Office, Post, PostHolding

    account = Account.objects.create(username="bench-machine", kind="machine")
    office = Office.objects.get(level="city", kind="general", valid_to=None)
    post = Post.objects.create(office=office, title="对接", roles=["handler"], valid_from=date(2020, 1, 1))
    PostHolding.objects.create(post=post, account=account, valid_from=date(2020, 1, 1))
    return int(account.pk)


def _subscribe(account: int, number: int, url: str):  # type: ignore[no-untyped-def]
    from django.utils import timezone

    from zhili.core.exchange.models import Subscription

    return Subscription.objects.create(
        account_id=account, name=f"bench {number}", url=url, types=["zhili.case.step"], private_allowed=True,
        per_minute=60_000, agreed_at=timezone.now(), ask_at=None,
    )  # fmt: skip


def _told(matters: int, wait_for: int = 0) -> tuple[float, float]:
    """Open matters, then: seconds to choose who hears of them, seconds until all (or so many) were delivered."""
    import threading

    from django.db import connection

    from zhili.core.cases import doors
    from zhili.core.exchange.models import Delivery
    from zhili.core.exchange.webhooks import sending
    from zhili.core.people.actors import ANONYMOUS
    from zhili.core.streams import consumers, run_once

    own = consumers()["webhooks"]
    while run_once(own):
        pass
    for n in range(matters):
        data = {"what": f"路灯不亮 {n}", "place": {"lon": 120.75, "lat": 30.75}, "anonymous": True}
        doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    begun = time.perf_counter()
    while run_once(own):
        pass
    chosen = time.perf_counter()
    if not wait_for:
        sending.deliver_due(linger=0)
        return chosen - begun, time.perf_counter() - chosen

    before = Delivery.objects.filter(state="sent").count()

    def send() -> None:
        sending.deliver_due(longest=5, linger=0)
        connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    while Delivery.objects.filter(state="sent").count() - before < wait_for:
        time.sleep(0.02)
    whole = time.perf_counter() - chosen
    thread.join()
    return chosen - begun, whole


def _bare(url: str, times: int) -> float:
    """Signed POSTs a second, one after the other on one connection."""
    import httpx
    from django.utils import timezone

    from zhili.base.exchange.signing import sign_request
    from zhili.core.exchange.webhooks import wording

    speaks = wording.voice()
    body = b'{"specversion":"1.0","type":"zhili.case.step","data":' + b"{" + b'"x":"' + b"y" * 900 + b'"}}'
    with httpx.Client(trust_env=False) as client:
        begun = time.perf_counter()
        for _n in range(times):
            headers = sign_request(
                "POST", url, body, speaks.key.private, speaks.key.keyid, now=timezone.now(), tag=wording.TAG,
                content_type=wording.ONE,
            )  # fmt: skip
            client.post(url, content=body, headers=headers).raise_for_status()
        return times / (time.perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
