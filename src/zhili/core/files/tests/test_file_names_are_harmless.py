import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.core.files.naming import EXTENSIONS, harmless


@pytest.mark.parametrize(
    ("given_name", "mime", "kept"),
    [
        ("井盖 1.JPG", "image/jpeg", "井盖_1.jpg"),
        ("../../etc/passwd", "image/jpeg", "passwd.jpg"),
        ("C:\\Users\\zhang\\photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("page.html", "image/png", "page.html.png"),
        ("a\r\nSet-Cookie: x=1.png", "image/png", "aSet-Cookie_x=1.png"),
        ("photo\u202egpj.exe", "image/jpeg", "photogpj.exe.jpg"),
        ("", "application/pdf", "文件.pdf"),
        ("...", "application/pdf", "文件.pdf"),
        (".jpg", "image/jpeg", "jpg.jpg"),
        ("con.jpg", "image/jpeg", "_con.jpg"),
        ("x" * 500 + ".mp4", "video/mp4", "x" * 96 + ".mp4"),
        ('a"b<c>.pdf', "application/pdf", "a_b_c.pdf"),
        ("cafe\u0301.pdf", "application/pdf", "caf\u00e9.pdf"),
    ],
)
def test_names_are_kept_where_they_do_no_harm(given_name: str, mime: str, kept: str) -> None:
    assert harmless(given_name, mime) == kept


@given(st.text(max_size=300), st.sampled_from(sorted(EXTENSIONS)))
def test_any_name_becomes_short_plain_and_true_to_its_kind(name: str, mime: str) -> None:
    kept = harmless(name, mime)
    assert 0 < len(kept) <= 100
    assert kept.rpartition(".")[2] in EXTENSIONS[mime]
    assert not set('/\\<>:"|?*%;\r\n\0') & set(kept)
    assert not kept.startswith(".")
    kept.encode()
