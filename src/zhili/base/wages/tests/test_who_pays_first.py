"""The wage ladder: whom the Regulation names first, for how much, and what is not yet known."""

from hypothesis import given
from hypothesis import strategies as st

from zhili.base.wages.ladder import Facts, ladder


def rungs(facts: Facts) -> list[tuple[str, int, str]]:
    return [(one.who, one.amount, one.articles[0]) for one in ladder(facts).rungs]


def test_a_subcontractor_that_owes_the_general_contractor_pays_first_and_recovers() -> None:
    draft = ladder(Facts(1_000, employer_is_contractor=False))
    assert [(one.who, one.how, one.recovers_from) for one in draft.rungs] == [
        ("contractor", "advances", "employer")
    ]
    assert draft.rungs[0].articles == ("第三十条",)
    assert draft.rungs[0].rests_on == ("employer_is_contractor",)


def test_a_developer_that_held_the_money_back_advances_as_far_as_it_owes() -> None:
    facts = Facts(
        1_000, employer_is_contractor=False, developer_withheld=True, unsettled=300, account=200, deposit=100
    )
    assert rungs(facts) == [
        ("developer", 300, "第二十九条"),
        ("contractor", 200, "第二十六条"),
        ("contractor", 100, "第三十二条"),
        ("contractor", 400, "第三十条"),
    ]


def test_other_articles_come_before() -> None:
    assert rungs(Facts(9, unlawful=True, employer_is_contractor=False)) == [("developer", 9, "第三十七条")]
    assert rungs(Facts(9, let_to_unqualified="contractor")) == [("contractor", 9, "第三十六条")]
    assert rungs(Facts(9, let_to_unqualified="developer")) == [("developer", 9, "第三十六条")]
    assert rungs(Facts(9, name_lent=True)) == [("lender", 9, "第三十六条")]
    assert rungs(Facts(9, passed_on=True)) == [("contractor", 9, "第三十条")]
    assert rungs(Facts(9, employer_is_contractor=True)) == [("contractor", 9, "第十六条")]


def test_the_county_may_advance_when_the_employer_fled_and_recovers_it() -> None:
    last = ladder(Facts(9, employer_is_contractor=False, fled=True)).rungs[-1]
    assert (last.who, last.articles, last.rests_on, last.recovers_from) == (
        "fund",
        ("第六十三条",),
        ("fled",),
        "employer",
    )


maybe = st.none() | st.booleans()
money = st.none() | st.integers(0, 10**9)


@given(
    st.builds(
        Facts,
        arrears=st.integers(1, 10**9),
        employer_is_contractor=maybe,
        unlawful=maybe,
        let_to_unqualified=st.sampled_from([None, "developer", "contractor", "nobody"]),
        name_lent=maybe,
        passed_on=maybe,
        developer_withheld=maybe,
        unsettled=money,
        account=money,
        deposit=money,
        cannot_pay=maybe,
        fled=maybe,
    )
)
def test_all_is_asked_for_once_and_nothing_rests_on_what_nobody_knows(facts: Facts) -> None:
    draft = ladder(facts)
    assert sum(one.amount for one in draft.rungs) == facts.arrears
    for one in draft.rungs:
        assert one.articles
        assert one.most is None or one.amount <= one.most
        assert all(getattr(facts, name) is not None for name in one.rests_on)
        assert not set(one.rests_on) & set(draft.open)
