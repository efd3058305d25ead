"""Two real sites, one matter: the line between is cut, delayed and repeated, and processes of both are killed.

The long form is tests/soak/test_two_sites_in_trouble.py.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.running import until
from tests.two_sites import judge, story
from tests.two_sites.sites import Pair, made_pair
from tests.two_sites.trouble import Trouble
from tests.two_sites.work import Officers

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EACH = 30


@pytest.fixture(scope="module")
def pair(django_db_setup: None) -> Iterator[Pair]:
    with made_pair() as found:
        yield found


@pytest.mark.browser
def test_reported_in_one_city_and_dealt_with_in_the_other(pair: Pair, chromium_path: str) -> None:
    pinghu, jinshan = pair.sides
    what, answer = "界河新桥头的路灯不亮了，两边的人都走这座桥。", "已换好灯泡，两侧桥头都亮了。"
    with story.browsers(chromium_path) as cities:
        resident = cities.at(pinghu, "resident", story.PHONE)
        mine = story.report(resident, what, pinghu.prepared["category"])
        cities.shot(resident, "reported")

        ours = cities.at(pinghu, "joint")
        ours.goto("/desk")
        expect(ours.locator("#main").get_by_role("link", name=what[:9]).first).to_be_visible()
        here = f"/desk/c/{story.number_of(mine)}"
        ours.goto(here)
        story.take(ours, "accept", "受理")
        story.stands(ours, "办理中")
        ours.goto(f"{here}/across")
        if not ours.locator("[name=what]").count():  # several agreements: the one that fits
            ours.locator("a.row-title").first.click()
        cities.shot(ours, "across")
        ours.locator("[name=what]").fill("请修复贵方一侧桥头的路灯。")
        ours.get_by_role("button", name="先看要送出的内容").click()
        expect(ours.get_by_role("heading", name="看一遍要送出的内容")).to_be_visible()
        cities.shot(ours, "what is sent")
        ours.locator("button[value=send]").click()
        ours.wait_for_url(f"**{here}*")
        cities.shot(ours, "handed over")

        theirs = cities.at(jinshan, "joint")
        story.reads(theirs, "/desk", what[:9])
        link = theirs.locator("#main").get_by_role("link", name=what[:9]).first
        there = f"/desk/c/{story.number_of(link.get_attribute('href') or '')}"
        theirs.goto(there)
        cities.shot(theirs, "came")
        story.take(theirs, "accept", "受理")
        story.stands(theirs, "办理中")
        story.reads(ours, here, "办理中")
        story.take(theirs, "draft", "拟写答复", answer=answer)
        story.stands(theirs, "答复待审")
        theirs.goto(there)
        story.take(theirs, "issue", "签发答复", answer=answer)
        story.stands(theirs, "已答复")
        cities.shot(theirs, "closed")

        story.reads(ours, here, answer)
        cities.shot(ours, "the answer")
        story.reads(resident, mine, answer)
        cities.shot(resident, "the answer for the resident")


def test_both_agree_on_every_matter_after_cuts_repeats_and_kills(pair: Pair) -> None:
    officers = Officers(pair, EACH)
    officers.ledger.before |= judge.streams(pair)
    trouble = Trouble(pair, rate=0.3)
    officers.start()
    try:
        for part, (side, kind) in enumerate(
            (("jinshan", "worker"), ("pinghu", "database"), ("jinshan", "web"), ("pinghu", "worker"))
        ):
            until(lambda: officers.done() or officers.progress() >= part * 8, 60, "matters to be worked on")  # noqa: B023
            trouble.kill(side, kind, wait=False)
        trouble.cut(1.5)
        until(officers.done, 90, "all matters to be worked on")
    finally:
        ledger = officers.stop()
        trouble.stop()
        print(trouble.told(), dict(ledger.heard))
    assert not ledger.wrong, ledger.wrong[:10]
    assert len(ledger.matters) == 2 * EACH
    until(lambda: judge.settled(pair), 60, "both sites to have told one another everything")
    found = judge.faults_found(pair, ledger)
    assert not found, "\n".join(found[:20])
    assert not (audited := judge.audited(pair)), audited
