"""Run with a site's settings: the demo city and some matters in it, with names, photos, steps and figures."""

import json
import os
import sys
from io import BytesIO


def main(first: int, number: int) -> None:
    import django

    django.setup()
    from zhili import demo
    from zhili.core import files, streams
    from zhili.core.cases import doors
    from zhili.core.cases.models import Category, Duty
    from zhili.core.people.actors import ANONYMOUS, of_account
    from zhili.core.people.models import Account, PostHolding
    from zhili.core.places.models import Cell
    from zhili.core.trail import sealing

    demo.load()
    grid = of_account(Account.objects.get(username="grid"))
    cell = PostHolding.objects.get(account__username="grid").post.office.cell
    assert isinstance(cell, Cell)
    codes = Category.objects.exclude(code__in=Category.objects.values("parent")).filter(active=True)
    plain = (
        codes.exclude(code__in=Duty.objects.values("category"))
        .order_by("code")
        .values_list("code", flat=True)
    )
    for i in range(first, first + number):
        photo = files.store(BytesIO(_photo(i)), f"照片{i}.jpg", ANONYMOUS)
        data = {
            "what": f"第{i}处路面\t破损，\\n 需要修补\r\n请看照片 👷",
            "place": {"lon": cell.lon, "lat": cell.lat, "address": f"中山路{i}号"},
            "category": plain[i % 3],
            "anonymous": False,
            "name": "王芳",
            "phone": f"1380013{i:04}",
            "photos": [f"{photo.id}:{photo.token}"],
        }
        opened = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data, key=f"filling-{i}")
        for action, more in (("accept", {}), ("finish", {"answer": "已修补。"}))[: i % 3]:
            doors.act(opened.case_id, action, grid, more)
    _measure(f"w{first}")
    streams.run_until_idle()
    sealing.seal_all()
    json.dump({"cases": number}, sys.stdout)


def _measure(number: str) -> None:
    """A wristband's day: two partitions of readings, ordinary and sealed, and what it sends that is not taken."""
    from datetime import UTC, datetime, timedelta

    from zhili.core.people.actors import Actor
    from zhili.core.signals import sources
    from zhili.core.signals.store import storing
    from zhili.core.signals.store.storing import Message, Said

    sources.register(number, "watch", "wristband", actor=Actor("rule"), office_id=None)
    now = datetime.now(UTC)
    said = [Said("heart_rate", now - timedelta(hours=hour), 60.0 + hour) for hour in (0, 12, 23)]
    said += [Said("battery", one.at, 0.5) for one in said]
    bad = (Said("battery", now, 7.0),)
    storing.accept([Message(number, "watch", one, b"raw", now) for one in (tuple(said), bad)])


def _photo(i: int) -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (40, 30), (i * 16 % 256, 100, 200)).save(out, "JPEG")
    return out.getvalue()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhili.conf.settings"
    main(*(int(word) for word in sys.argv[1:]))
