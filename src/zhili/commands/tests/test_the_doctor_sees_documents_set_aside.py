"""A document that could not be printed is named by the doctor with its reason and what to do."""

from zhili.commands import doctor
from zhili.core.cases.tests.city import SmallCity
from zhili.core.documents.models import OutgoingDocument, Rendering
from zhili.core.documents.tests.conftest import desk  # noqa: F401 - the fixture
from zhili.core.documents.tests.desk import Desk


def test_a_parked_document_is_a_fault_with_its_reason(small_city: SmallCity, desk: Desk) -> None:  # noqa: F811
    document: OutgoingDocument = desk.issued()
    Rendering.objects.create(document=document, state="parked", attempts=9, error="glyph 7")
    lines = [line for line in doctor._documents() if line.state == "fail"]
    assert len(lines) == 1
    assert "glyph 7" in lines[0].what
    assert lines[0].do == "zhili documents again"
