"""A procedure that could leave a matter stuck, lost or unowned is refused before it runs."""

import pytest

from zhili.base.checker import check
from zhili.base.diagram import mermaid
from zhili.base.procedure import (
    Action,
    Anyone,
    Chosen,
    Clock,
    Desk,
    Duty,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    Referred,
    Role,
    RunningClock,
    Stage,
    Up,
)
from zhili.base.standing import Standing, join, standing_stage, working

PARAMS = {"t.check", "t.fix"}


class Named:
    """A form as the checker knows it: fields with a name, all required."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def fields(self) -> list["Named.Field"]:
        return [Named.Field(name) for name in self.names]

    class Field:
        required = True

        def __init__(self, name: str) -> None:
            self.name = name


def faults(procedure: type[Procedure], **known: object) -> str:
    return "\n".join(check(procedure, **({"params": PARAMS, "roles": {"handler"}} | known)))


class Sound(Procedure):
    title = "餐饮问题"
    found = Stage("已发现", owner=Duty(), limit=Limit("t.check"))
    rectifying = Stage("整改中", owner=Party("operator"), limit=Limit("t.fix"))
    fixed = Final("已整改")

    find = Opening("检查发现", found, by=Role("handler"))
    order = Action("责令整改", found >> rectifying, by=Holder())
    done = Action("已整改", (found | rectifying) >> fixed, by=Holder("handler"))
    note = Action("备注", (found | rectifying).stay(), by=Holder())


def test_a_sound_procedure_has_no_faults() -> None:
    assert faults(Sound) == ""


def test_stages_actions_and_openings_are_found_by_name() -> None:
    assert list(Sound.stages) == ["found", "rectifying", "fixed"]
    assert [a.name for a in Sound.from_stage("rectifying")] == ["done", "note"]
    assert Sound.name == "sound"
    assert Sound.openings["find"].move.target is Sound.found


def test_a_dead_end_is_refused() -> None:
    class Stuck(Sound):
        title = "卡住"
        one = Stage("一", owner=Duty(), limit=Limit("t.check"))
        two = Stage("二", owner=Duty(), limit=Limit("t.check"))
        end = Final("完")
        begin = Opening("始", one, by=Anyone())
        go = Action("去", one >> two, by=Holder())
        stop = Action("止", one >> end, by=Holder())

    assert "stage two is a dead end" in faults(Stuck)
    assert "stage one is a dead end" not in faults(Stuck)


def test_a_ring_without_a_way_out_is_a_dead_end() -> None:
    class Ring(Procedure):
        title = "环"
        one = Stage("一", owner=Duty(), limit=Limit("t.check"))
        two = Stage("二", owner=Duty(), limit=Limit("t.check"))
        end = Final("完")
        begin = Opening("始", one, by=Anyone())
        there = Action("去", one >> two, by=Holder())
        back = Action("回", two >> one, by=Holder())

    assert "stage one is a dead end" in faults(Ring)
    assert "stage end is unreachable" in faults(Ring)


def test_a_stage_nobody_can_reach_is_refused() -> None:
    class Island(Procedure):
        title = "孤岛"
        one = Stage("一", owner=Duty(), limit=Limit("t.check"))
        lost = Stage("失", owner=Duty(), limit=Limit("t.check"))
        end = Final("完")
        begin = Opening("始", one, by=Anyone())
        finish = Action("办结", (one | lost) >> end, by=Holder())

    assert faults(Island) == "island: stage lost is unreachable"


def test_an_open_stage_needs_an_owner_and_a_limit() -> None:
    class Bare(Procedure):
        title = "缺项"
        one = Stage("一")
        end = Final("完")
        begin = Opening("始", one, by=Anyone(), hands=Duty())
        finish = Action("办结", one >> end, by=Holder())

    assert "stage one has no owner" in faults(Bare)
    assert "stage one has no limit" in faults(Bare)


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ({"limit": Limit("t.unknown")}, "unknown parameter: t.unknown"),
        ({"limit": Limit("t.check", then="vanish")}, "unknown action: vanish"),
        ({"limit": Limit("t.check", then="finish")}, "which a clock may not take"),
        ({"owner": Desk("nowhere")}, "unknown desk: nowhere"),
        ({"owner": Up()}, "owned by a movement"),
    ],
)
def test_names_that_do_not_exist_are_refused(part: dict, complaint: str) -> None:
    options = {"owner": Duty(), "limit": Limit("t.check")} | part

    class Named(Procedure):
        title = "名称"
        one = Stage("一", **options)
        end = Final("完")
        begin = Opening("始", one, by=Anyone(), hands=Duty())
        finish = Action("办结", one >> end, by=Holder())

    assert complaint in faults(Named)


def test_roles_referrals_chosen_fields_and_notices_must_exist() -> None:
    class Wrong(Procedure):
        title = "错名"
        one = Stage("一", owner=Duty(), limit=Limit("t.check"))
        end = Final("完")
        begin = Opening("始", one, by=Role("wizard"))
        finish = Action("办结", one >> end, by=Holder(), refers="no.such")
        give = Action("交", one >> one, by=Holder(), hands=Chosen("office"))
        notices = (Notify("never", Party("x"), "{phone}"), Notify("*", "everyone", ""))

    found = faults(Wrong)
    for words in (
        "unknown role: wizard",
        "unknown procedure: no.such",
        "its form lacks",
        "notice on an unknown action: never",
        "notice uses unknown words: phone",
        "notice to an unknown recipient: everyone",
    ):
        assert words in found


def test_a_final_stage_cannot_be_left_and_strangers_cannot_be_entered() -> None:
    stray = Stage("外来", owner=Duty(), limit=Limit("t.check"))

    class Leaky(Procedure):
        title = "漏"
        one = Stage("一", owner=Duty(), limit=Limit("t.check"))
        end = Final("完", outcome="vanished")
        begin = Opening("始", one, by=Anyone())
        finish = Action("办结", one >> end, by=Holder())
        undo = Action("撤", end >> one, by=Holder())
        away = Action("走", one >> stray, by=Anyone())

    found = faults(Leaky)
    assert "leaves final stage end" in found
    assert "leads to a stage it does not declare: 外来" in found
    assert "open to anyone" in found
    assert "unknown outcome" in found


def test_an_anonymous_opener_cannot_keep_the_case() -> None:
    class Kept(Procedure):
        title = "自留"
        one = Stage("一", owner=Keep(), limit=Limit("t.check"))
        end = Final("完")
        begin = Opening("始", one, by=Anyone())
        finish = Action("办结", one >> end, by=(Holder(), Clock()))

    assert "keeps the case with its opener" in faults(Kept)


def test_the_diagram_names_every_stage_and_every_action() -> None:
    drawing = mermaid(Sound)
    assert drawing.startswith("stateDiagram-v2")
    for stage in Sound.stages.values():
        assert f'state "{stage.title}" as {stage.name}' in drawing
    assert "found --> rectifying: 责令整改 (holder)" in drawing
    assert "[*] --> found" in drawing
    assert "fixed --> [*]" in drawing


def test_a_changed_declaration_has_another_digest() -> None:
    class Again(Procedure):
        name = "sound"
        title = "餐饮问题"
        found = Stage("已发现", owner=Duty(), limit=Limit("t.check"))
        fixed = Final("已整改")
        find = Opening("检查发现", found, by=Role("handler"))
        done = Action("已整改", found >> fixed, by=Holder("handler"))

    assert Again.digest() != Sound.digest()
    assert Sound.digest() == Sound.digest()


class Child(Sound):
    title = "转办"
    begun = Stage("已转", owner=Duty(), limit=Limit("t.check"))
    over = Final("已办")
    come = Opening("转来", begun, by=Referred(), form=Named("what", "office"))
    end = Action("办结", begun >> over, by=Holder())


def parent_of(child: str, *given: str) -> type[Procedure]:
    class Parent(Procedure):
        title = "主办"
        one = Stage("一", owner=Duty(), limit=Limit("t.check"))
        end = Final("完")
        begin = Opening("始", one, by=Anyone())
        finish = Action("转出", one >> end, by=Holder(), refers=child, form=Named(*given))

    return Parent


def test_what_is_referred_to_must_be_able_to_begin_as_a_child() -> None:
    known = {"child": Child, "sound": Sound}
    assert faults(parent_of("child", "what", "office"), procedures=known) == ""
    assert "unknown procedure: nowhere" in faults(parent_of("nowhere"), procedures=known)
    assert "sound, which has no opening by Referred" in faults(parent_of("sound"), procedures=known)
    assert "asks for office, which its form lacks" in faults(parent_of("child", "what"), procedures=known)


def test_a_child_begins_in_one_way_and_by_nobody_else() -> None:
    class Twice(Child):
        title = "两次"
        begun = Stage("已转", owner=Duty(), limit=Limit("t.check"))
        over = Final("已办")
        come = Opening("转来", begun, by=Referred())
        again = Opening("再转来", begun, by=(Referred(), Holder()))
        end = Action("办结", begun >> over, by=(Holder(), Referred()))
        recall = "come_back"

    complaints = faults(Twice)
    assert "has 2 openings by Referred; one at most" in complaints
    assert "opening again is by Referred and by others" in complaints
    assert "action end is by Referred; only openings may be" in complaints
    assert "recall names no action that ends it: come_back" in complaints


def test_the_kernels_own_actions_are_neither_checked_nor_drawn() -> None:
    class Plain(Procedure):
        title = "一件"
        one = Stage("一", owner=Duty(), limit=Limit("t.check"))
        end = Final("完")
        begin = Opening("始", one, by=Anyone())
        finish = Action("办结", one >> end, by=Holder())

    digest, drawing = Plain.digest(), mermaid(Plain)
    paused = standing_stage("paused", "暂停")
    join(Plain, [Standing("pause", "暂停", stages=working, to="paused", adds=paused, by=Holder())])
    assert "pause" in Plain.actions
    assert faults(Plain) == ""
    assert (Plain.digest(), mermaid(Plain)) == (digest, drawing)


def test_what_a_procedure_declares_itself_stays() -> None:
    own = Sound.actions["note"]
    join(Sound, [Standing("note", "内部备注", stages=working, by=Holder())])
    assert Sound.actions["note"] is own


def test_a_step_that_needs_a_second_person_names_a_step_that_people_take() -> None:
    class Lonely(Procedure):
        title = "t"
        found = Stage("a", owner=Duty(), limit=Limit("t.check"))
        fixed = Final("b")

        find = Opening("c", found, by=Role("handler"), not_who=("find",))
        done = Action("d", found >> fixed, by=Holder("handler"), not_who=("done", "nowhere"))
        lapse = Action("e", found >> fixed, by=Clock(), not_who=("find",))

    told = faults(Lonely)
    assert "opening find names not_who" in told
    assert "action done needs another person than its own taker" in told
    assert "of an unknown action: nowhere" in told
    assert "action lapse needs a second person and may be taken by a clock" in told


def test_the_need_of_a_second_person_is_part_of_the_version_and_of_the_drawing() -> None:
    class Two(Sound):
        found = Stage("已发现", owner=Duty(), limit=Limit("t.check"))
        fixed = Final("已整改")
        find = Opening("检查发现", found, by=Role("handler"))
        done = Action("已整改", found >> fixed, by=Holder("handler"), not_who=("find",))

    assert faults(Two) == ""
    assert Two.spec()["actions"]["done"]["not_who"] == ["find"]
    assert "not_who" not in Two.spec()["actions"]["find"]
    assert "不是find的人" in mermaid(Two)


def test_a_clock_that_begins_with_a_step_names_one_and_is_part_of_the_version() -> None:
    class Timed(Sound):
        found = Stage("已发现", owner=Duty(), limit=Limit("t.check"))
        fixed = Final("已整改")
        find = Opening("检查发现", found, by=Role("handler"))
        done = Action("已整改", found >> fixed, by=Holder("handler"))
        ninety = RunningClock("九十日", Limit("t.fix"), begins=("find", "nowhere"))
        always = RunningClock("总时限", Limit("t.fix"))

    assert "clock ninety begins with an unknown action: nowhere" in faults(Timed)
    assert Timed.spec()["clocks"]["ninety"]["begins"] == ["find", "nowhere"]
    assert "begins" not in Timed.spec()["clocks"]["always"]


def test_only_what_says_so_may_wait_for_a_party_from_its_opening_on() -> None:
    class Offer(Procedure):
        title = "应聘"
        sent = Stage("待答复", owner=Party("employer"), limit=Limit("t.check"))
        over = Final("完")
        begin = Opening("应聘", sent, by=Anyone())
        finish = Action("答复", sent >> over, by=Party("employer"))

    assert "gives the case to nobody" in faults(Offer)
    Offer.party_first = True
    assert faults(Offer) == ""
