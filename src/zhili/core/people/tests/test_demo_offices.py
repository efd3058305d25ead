"""The demo city's offices stand at every level, and its people can sign in; a real site is left alone."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from zhili.core.people import demo, offices
from zhili.core.people.actors import of_account, posts_of
from zhili.core.people.models import Account, Office, Post
from zhili.core.places.models import Cell, Division

pytestmark = pytest.mark.django_db


@pytest.fixture
def places():
    """A city with two counties; one has a street, a village and two cells."""

    def division(code, name, level, parent=None):
        return Division.objects.create(
            code=code, name=name, level=level, parent=parent, valid_from="2020-01-01", lon=120.7, lat=30.7
        )

    city = division("330400000000", "嘉兴市", "city")
    nanhu = division("330402000000", "南湖区", "county", city)
    division("330481000000", "海宁市", "county", city)
    street = division("330402001000", "建设街道", "town", nanhu)
    division("330402100000", "凤桥镇", "town", nanhu)
    village = division("330402001001", "百福弄社区", "village", street)
    for number in (1, 2):
        Cell.objects.create(
            code=f"{village.code}{number:02d}", number=number, name=f"百福弄社区第{number}网格",
            village=village, wkb=b"", lon=120.7, lat=30.7, valid_from="2020-01-01",
        )  # fmt: skip
    return city


def test_every_level_has_its_office(places):
    assert demo.load()["offices"] == 1 + 2 + 2 + 2 * 8 + 2 + 1 + 2
    names = set(Office.objects.values_list("name", flat=True))
    assert {
        "嘉兴市社会治理中心",
        "南湖区综合行政执法局",
        "嘉兴市生态环境局海宁分局",
        "嘉兴市公安局南湖区分局",
        "海宁市公安局",
        "建设街道办事处综合信息指挥室",
        "凤桥镇人民政府综合信息指挥室",
        "百福弄社区第1网格",
    } <= names
    grid = Office.objects.get(code="33040200100101")
    levels = [node.level for node in offices.tree().chain(grid.pk)]
    assert levels == ["grid", "village", "town", "county", "city"]
    assert not Office.objects.filter(posts=None).exists()
    assert Office.objects.get(code=demo.department_code("330402000000", "zhzf")).kind == "department"


def test_the_people_sign_in_and_sit_along_one_chain(places):
    demo.load()
    listed = demo.demo_accounts()
    assert len(listed) == len(demo.PEOPLE)
    request = RequestFactory().post("/accounts/login/")
    for username, password, what, where in listed:
        account = authenticate(request, username=username, password=password)
        assert account is not None, username
        seats = posts_of(account)
        assert what
        assert where == (f"{seats[0].office_name} {seats[0].title}" if seats else "")
    roles = {
        role for username, *_ in listed for role in of_account(Account.objects.get(username=username)).roles
    }
    assert roles == {"grid", "handler", "leader", "hotline", "arbiter", "commander", "auditor", "admin"}
    assert [seat.deputy for seat in posts_of(Account.objects.get(username="village"))] == [False, True]
    assert not Account.objects.filter(is_superuser=True).exists()


def test_loading_twice_changes_nothing(places):
    first = demo.load()
    ids = set(Post.objects.values_list("pk", flat=True))
    assert demo.load() == first
    assert set(Post.objects.values_list("pk", flat=True)) == ids


def test_the_password_may_be_set(places, monkeypatch):
    monkeypatch.setenv("ZHILI_DEMO_PASSWORD", "另一个口令-88")
    demo.load()
    assert Account.objects.get(username="grid").check_password("另一个口令-88")
    assert demo.demo_accounts()[0][1] == "另一个口令-88"


def test_a_real_site_is_left_alone(places, monkeypatch):
    Account.objects.create(username="真实用户")
    with pytest.raises(demo.NotADemo):
        demo.load()
    Account.objects.update(username="admin")  # the name is the demo's, the person is not
    with pytest.raises(demo.NotADemo):
        demo.load()
    Account.objects.all()._raw_delete("default")
    monkeypatch.setenv("ZHILI_DEMO", "0")
    with pytest.raises(demo.NotADemo):
        demo.load()
    assert not Office.objects.exists()
    assert demo.demo_accounts() == []


def test_at_a_border_somebody_sits_for_the_joint_centre(places, monkeypatch):
    monkeypatch.setenv("ZHILI_DEMO_CITY", "pinghu")
    demo.load()
    listed = {name: (what, where) for name, _, what, where in demo.demo_accounts()}
    assert listed["joint"][1] == "南湖区社会治理中心 联合指挥席"
    assert of_account(Account.objects.get(username="joint")).roles == {"handler", "leader"}
    Account.objects.create(username="ext.jinshan", kind="machine")  # the other city, made known since
    assert demo.load()
    monkeypatch.setenv("ZHILI_DEMO_CITY", "atlantis")
    with pytest.raises(LookupError, match="atlantis"):
        demo.load()


def test_without_divisions_it_says_what_to_do_first():
    with pytest.raises(LookupError, match="区划"):
        demo.load()
