"""Every action of every procedure, tried in every role, is taken by those the table names and refused to all others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from zhili.core.cases import present, registry
from zhili.core.cases.models import Case
from zhili.core.people import grants
from zhili.core.people.actors import of_account
from zhili.portal.tests.authorisation import roles, table_of_actions, table_of_openings
from zhili.portal.tests.authorisation.people import World
from zhili.portal.tests.authorisation.walking import asked, refused

pytestmark = pytest.mark.slow


def test_every_opening_action_and_open_stage_stands_in_the_table() -> None:
    for name, procedure in registry.procedures().items():
        openings = {f"{name}/{one.name}" for one in procedure.openings.values() if not one.standing}
        assert openings == {one for one in table_of_openings.OPENINGS if one.startswith(f"{name}/")}
        situations = {
            stage: actions for (of, stage, _by), actions in table_of_actions.ACTIONS.items() if of == name
        }
        open_stages = {one.name for one in procedure.own_stages().values() if not one.final}
        assert set(situations) == open_stages
        for stage, actions in situations.items():
            declared = {one.name for one in procedure.from_stage(stage) if not one.standing}
            assert set(actions) == declared, stage


def with_standing() -> Iterator[tuple[str, str, str, dict[str, roles.Roles]]]:
    """Each situation of the table with all that may be done in it, the kernel's standing actions too."""
    situations = {**table_of_actions.ACTIONS, **{one: {} for one in table_of_actions.STANDING_STAGES}}
    for (procedure, stage, holder), declared in situations.items():
        own = registry.procedures()[procedure].from_stage(stage)
        standing = {one.name: table_of_actions.standing(one.name, holder) for one in own if one.standing}
        yield procedure, stage, holder, declared | standing


def test_an_action_is_taken_by_whom_the_table_names(world: World) -> None:
    thing = world.things["public"]
    wrong = []
    tried: set[tuple[str, str]] = set()
    for procedure, stage, holder, actions in with_standing():
        office, party = world.city.offices[holder], "reporter" if stage == "waiting" else ""
        rows = Case.objects.filter(pk=thing.case.pk)
        rows.update(procedure=procedure, stage=stage, office=office, party=party, public=False)
        for action, allowed in actions.items():
            if registry.procedures()[procedure].actions[action].standing:
                if (action, holder) in tried:
                    continue  # the same everywhere: once for each holder is enough, in so many roles
                tried.add((action, holder))
            path = f"/api/v1/cases/{thing.case.number}/actions/{action}"
            for role in sorted(roles.ALL):
                answer = asked(world.visitor(role, thing), "POST", path)
                if answer.status_code >= 500 or refused(answer) == (role in allowed):
                    wrong.append(f"{role}: {action} in {stage} at {holder} answered {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


def test_what_is_offered_is_what_may_be_done(world: World) -> None:
    """A page's buttons are the table's rows: nothing offered that would be refused, nothing allowed hidden."""
    thing = world.things["public"]
    people = {name: of_account(world.city.account_of(a)) for name, a in {"owner": world.owner}.items()}
    people |= {"grid": world.city.actor("A.grid"), "hotline": world.city.actor("hotline")}
    people |= {"arbiter": world.city.actor("arbiter"), "department": world.city.actor("A.zhzf", "handler")}
    people |= {"department_leader": world.city.actor("A.zhzf", "leader"), "town": world.city.actor("A.town")}
    holder_of_code = grants.resolve(thing.code)
    assert holder_of_code is not None
    people["grant"] = holder_of_code
    for procedure, stage, holder, actions in with_standing():
        Case.objects.filter(pk=thing.case.pk).update(
            procedure=procedure, stage=stage, office=world.city.offices[holder]
        )
        case = Case.objects.get(pk=thing.case.pk)
        for role, actor in people.items():
            offered = {one.name for one in present.actions_for(case, actor)}
            assert offered == {name for name, allowed in actions.items() if role in allowed}, (
                stage,
                holder,
                role,
            )
