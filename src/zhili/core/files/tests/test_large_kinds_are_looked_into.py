"""Models, archives, office documents, films: taken by their bytes from senders we know, and refused when hostile."""

import pytest

from zhili.core.files import kinds
from zhili.core.files.models import File
from zhili.core.files.tests import hostile
from zhili.core.files.tests.samples import box, camera_photo, mp3, mp4, pdf, picture, refusal, send
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang() -> Actor:
    account = Account.objects.create(username="wang")
    return Actor(kind="account", id=account.pk, account_id=account.pk)


@pytest.mark.parametrize(
    ("data", "mime", "name"),
    [
        (hostile.glb(), kinds.GLB, "a.glb"),
        (hostile.zipped({"a.txt": b"hello", "f/b.txt": b"x"}), kinds.ZIP, "a.zip"),
        (hostile.office("word"), kinds.DOCX, "a.docx"),
        (hostile.office("xl"), kinds.XLSX, "a.xlsx"),
        (hostile.office("ppt"), kinds.PPTX, "a.pptx"),
        (hostile.open_document(), kinds.ODT, "a.odt"),
        (hostile.zipped({"OFD.xml": b"<ofd/>"}), kinds.OFD, "a.ofd"),
        (hostile.ply(), kinds.PLY, "a.ply"),
        (hostile.las(), kinds.LAS, "a.las"),
        (hostile.wave(), "audio/wav", "a.wav"),
        (hostile.webm(), "video/webm", "a.webm"),
        (b"OggS\0\x02" + b"\0" * 60, "audio/ogg", "a.ogg"),
        (b"fLaC\0\0\0\x22" + b"\0" * 60, "audio/flac", "a.flac"),
    ],
)
def test_each_kind_is_known_by_its_bytes(wang: Actor, data: bytes, mime: str, name: str) -> None:
    kept = send(data, "a.bin", wang)
    assert kept.mime == mime
    assert kept.name == f"a.bin.{name.rsplit('.', 1)[1]}"
    assert refusal(data, name).status == 415, "a stranger sends photos, PDF, sound and MP4 only"


@pytest.mark.parametrize(
    "data",
    [
        hostile.glb()[:-4],
        hostile.glb() + b"\0\0\0\0",
        hostile.zipped({"a": b"x" * 5000})[:-30],
        hostile.zipped({"a": b"x" * 5000})[:40],
        hostile.ply(given=3),
        hostile.las(given=2),
        hostile.wave()[:-20],
        hostile.webm(kept=10),
    ],
)
def test_what_was_cut_off_is_refused(wang: Actor, data: bytes) -> None:
    assert refusal(data, actor=wang).status == 422


def test_an_archive_that_swells_is_refused(wang: Actor) -> None:
    bomb = hostile.zipped({f"{n}": b"\0" * 10_000_000 for n in range(8)})
    assert len(bomb) < 100_000
    assert refusal(bomb, actor=wang).status == 413
    assert refusal(hostile.overlapping(), actor=wang).status == 413


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:/windows/x", "..\\x"])
def test_an_archive_that_would_write_elsewhere_is_refused(wang: Actor, name: str) -> None:
    assert refusal(hostile.zipped({name: b"x"}), actor=wang).status == 415


def test_what_no_scanner_could_look_into_is_refused(wang: Actor) -> None:
    refused = refusal(hostile.encrypted(), actor=wang)
    assert refused.status == 415
    assert "密码" in refused.reason
    assert refusal(hostile.zipped({}), actor=wang).status in (415, 422)


@pytest.mark.parametrize(
    "data",
    [
        hostile.office(word__vbaProject_bin=b"").replace(b"vbaProject_bin", b"vbaProject.bin"),
        hostile.office(word__activeX__a=b"x"),
    ],
)
def test_documents_with_macros_are_refused(wang: Actor, data: bytes) -> None:
    refused = refusal(data, "a.docx", actor=wang)
    assert refused.status == 415
    assert "宏" in refused.reason


@pytest.mark.parametrize("where", ["https://elsewhere.example/t.png", "../texture.png", "file:///etc/passwd"])
def test_a_model_whose_parts_lie_elsewhere_is_refused(wang: Actor, where: str) -> None:
    scene = {"asset": {"version": "2.0"}, "images": [{"uri": where}]}
    assert refusal(hostile.glb(scene), actor=wang).status == 422
    inside = {"asset": {"version": "2.0"}, "images": [{"uri": "data:image/png;base64,AAAA"}]}
    assert send(hostile.glb(inside), actor=wang).mime == kinds.GLB


@pytest.mark.parametrize("scene", [b"[]", b"{", b"null", b"[" * 100_000])
def test_a_model_that_cannot_be_read_is_refused(wang: Actor, scene: bytes) -> None:
    whole = hostile.glb({"x": "y" * (len(scene) + 8)})
    at = whole.index(b'{"x"')
    broken = whole[:at] + scene + b" " * (whole.index(b'"}', at) + 2 - at - len(scene)) + whole[at:][
        whole[at:].index(b'"}') + 2 :
    ]  # fmt: skip
    assert refusal(broken, actor=wang).status == 422


@pytest.mark.parametrize(
    "data",
    [
        picture() + hostile.zipped({"a": b"x"}),
        pdf(b"x") + hostile.zipped({"a": b"x"}),
        mp4() + box(b"free", hostile.zipped({"a": b"x"})),
        hostile.glb() + hostile.zipped({"a": b"x"}),
    ],
)
def test_a_file_that_is_two_files_is_refused(wang: Actor, data: bytes) -> None:
    assert refusal(data, actor=wang).status in (415, 422)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_known_whether_an_original_says_where_and_whose(kind: str) -> None:
    assert File.objects.get(pk=send(hostile.private_photo(kind)).id).tells == "place,owner"
    assert File.objects.get(pk=send(picture(kind)).id).tells == ""


def test_words_besides_the_picture_count_too() -> None:
    assert File.objects.get(pk=send(hostile.png_with_words()).id).tells == "place"
    assert File.objects.get(pk=send(camera_photo()).id).tells == "place,owner"
    film = (
        box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", b"udta\xa9xyz+30.75+120.75/") + box(b"mdat", b"\0" * 64)
    )
    assert File.objects.get(pk=send(film).id).tells == "place"
    assert File.objects.get(pk=send(mp3()).id).tells == ""
