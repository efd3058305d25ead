"""On the desk's page a matter stands in its family: who asked whom, over all generations, as far as one may see."""

from __future__ import annotations

from itertools import pairwise

from zhili.core.cases import doors, kin
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.pages_client import reader, words_of

REPORT = "citizen_reports.report"


def family_of_three(city: SmallCity) -> list[Case]:
    """A matter, what it asked of others, and what they asked in turn; all in the town's area."""
    cases = []
    for n in range(3):
        made = doors.open_case(REPORT, "report", ANONYMOUS, {"what": f"第{n}代的事", "place": INSIDE})
        cases.append(Case.objects.get(pk=made.case_id))
    for parent, child in pairwise(cases):
        Case.objects.filter(pk=child.pk).update(parent=parent)
    return list(Case.objects.filter(pk__in=[one.pk for one in cases]).order_by("id"))


def test_every_generation_is_there_from_wherever_one_looks(small_city: SmallCity) -> None:
    first, second, third = family_of_three(small_city)
    town = small_city.actor("A.town")
    for case in (first, second, third):
        (top,) = kin.tree(case, town)
        middle = top.children[0]
        names = [top.about.title, middle.about.title, middle.children[0].about.title]
        assert names == [first.title, second.title, third.title]
        here = [one.here for one in (top, middle, middle.children[0])]
        assert here == [case == one for one in (first, second, third)]
    html = reader(town).get(f"/desk/c/{third.number}").content.decode()
    assert html.count('<ul class="kin">') == 1
    assert f'href="/desk/c/{first.number}"' in html
    assert "现在看的" in words_of(reader(town).get(f"/desk/c/{third.number}"))


def test_what_one_may_not_see_is_not_hinted_at(small_city: SmallCity) -> None:
    first, second, third = family_of_three(small_city)
    Case.objects.filter(pk=second.pk).update(office=small_city.offices["B.town"], confidential=True)
    shown = kin.tree(first, small_city.actor("A.town"))
    assert [one.about.number for one in shown] == [first.number, third.number]
    assert all(not one.children for one in shown)
