from collections.abc import Iterator

import pytest

from zhili.core import params
from zhili.core.params import Param, declarations


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins with three parameters of its own and nothing remembered."""
    monkeypatch.setattr(declarations, "_declared", {})
    params.declare(
        Param("t.accept", "15d", title="受理期限", source="信访工作条例", article="第二十二条"),
        Param("t.returns", "3", title="退回次数", source="平台约定"),
        Param("t.hotline", "12345", title="热线", confirmed=False),
    )
    params.forget()
    yield
    params.forget()
