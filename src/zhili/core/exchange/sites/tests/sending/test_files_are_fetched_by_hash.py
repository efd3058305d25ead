"""A file of the other side comes when it is asked for: gone on with after a cut, and only if it is what was told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from zhili.core.exchange.models import Link, OfferedFile, Outgoing, RemoteSite, SiteAgreement, WantedFile
from zhili.core.exchange.sites import delivering, files, offering
from zhili.core.exchange.sites.tests.sending.peer import Peer
from zhili.core.exchange.sites.tests.sending.saying import hand_over
from zhili.core.files import decisions, intake
from zhili.core.files.models import File
from zhili.core.files.tests.samples import camera_photo, picture
from zhili.core.people.actors import Actor

pytestmark = pytest.mark.django_db
Links = Callable[..., Link]
OFFICE = Actor(kind="rule", label="单位")


def offered_by(peer: Peer, content: bytes, told: bytes | None = None) -> dict[str, Any]:
    """A file they tell of; ``told``: the bytes they say it has."""
    sha256 = hashlib.sha256(told or content).hexdigest()
    peer.files[sha256] = content
    return {"sha256": sha256, "size": len(told or content), "mime": "image/jpeg", "name": "桥下.jpg"}


def test_a_file_comes_in_two_pieces_after_a_cut(peer: Peer, link: Links, clock: Any) -> None:
    one, content = link(), picture(size=(300, 200))
    entry = offered_by(peer, content)
    assert files.told(one, [entry], 1) == 1
    files.told(one, [entry], 1)  # told twice, remembered once
    assert files.fetch_due() == 0  # nobody asked for it
    files.ask_for(one, entry["sha256"])
    peer.cut = len(content) // 2
    assert files.fetch_due() == 0
    wanted = WantedFile.objects.get()
    assert (wanted.state, files.part_of(wanted).stat().st_size) == ("waiting", len(content) // 2)
    clock(timedelta(seconds=2))
    assert files.fetch_due() == 1
    wanted.refresh_from_db()
    assert (wanted.state, wanted.error, wanted.file.sha256) == ("kept", "", entry["sha256"])
    assert [asked for _, asked in peer.asked] == ["", f"bytes={len(content) // 2}-"]
    assert not files.part_of(wanted).exists()
    assert files.fetch(one, entry["sha256"]).pk == wanted.file.pk  # not fetched again
    assert len(peer.asked) == 2


def test_other_bytes_than_were_told_are_refused_and_stay_refused(peer: Peer, link: Links) -> None:
    one, content = link(), picture(size=(310, 200))
    other = bytes(len(content) - 3) + b"xyz"
    program = b"MZ" + bytes(5_000)
    for entry in (offered_by(peer, other, told=content), offered_by(peer, program)):
        files.told(one, [entry], 1)
        with pytest.raises(files.NotFetched) as refused:
            files.fetch(one, entry["sha256"])
        assert refused.value.final
        wanted = WantedFile.objects.get(sha256=entry["sha256"])
        assert (wanted.state, wanted.file, files.part_of(wanted).exists()) == ("refused", None, False)
        assert files.ask_for(one, entry["sha256"]).state == "refused"
    asked = len(peer.asked)
    assert files.fetch_due() == 0
    assert len(peer.asked) == asked
    assert not File.objects.exists()


def test_what_they_withdrew_is_not_asked_for_again(peer: Peer, link: Links) -> None:
    one = link()
    files.told(one, [{"sha256": "0" * 64, "size": 5, "mime": "image/jpeg", "name": "x"}], 1)
    with pytest.raises(files.NotFetched, match="file_unknown"):
        files.fetch(one, "0" * 64)
    assert WantedFile.objects.get().state == "refused"


def test_only_the_cleaned_copy_is_offered_and_nothing_once_it_is_masked_further(
    peer: Peer, site: RemoteSite, link: Links
) -> None:
    agreement = SiteAgreement.objects.create(
        site=site, code="waters", version=1, digest="0" * 64, document={"files": True}, valid_from="2020-01-01"
    )  # fmt: skip
    stored = intake.store(BytesIO(camera_photo()), "x.jpg", OFFICE)
    one, other = link(agreement=agreement), link(agreement=agreement)
    hand_over(one, files=[stored.id])
    delivering.deliver_due(apart=False)
    (entry,) = peer.taken[one.stream][0].body["files"]
    offered = OfferedFile.objects.get()
    assert entry == {
        "sha256": offered.sha256, "size": offered.size, "mime": "image/jpeg", "name": "x.jpg",
    }  # fmt: skip
    assert offered.sha256 != File.objects.get().sha256
    assert Outgoing.objects.get(link=one).body["files"] == [entry]
    matter = one.stream.removeprefix("matter:")
    assert offering.place(site, matter, offered.sha256).offered == offered
    for elsewhere in (other.stream.removeprefix("matter:"), "0"):
        with pytest.raises(Exception, match="file_unknown"):
            offering.place(site, elsewhere, offered.sha256)
    decisions.mask(File.objects.get().sha256, [decisions.Box(0, 0, 100, 100)], "pixel", OFFICE)
    with pytest.raises(Exception, match="masked"):
        offering.place(site, matter, offered.sha256)
