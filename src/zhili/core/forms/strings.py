"""Cleaning of typed text: one normal form, nothing invisible, nothing cut."""

import re
import unicodedata

from django.utils.translation import gettext as _

from zhili.core.forms.errors import Invalid

# Marks that copying from chat and contact apps leaves behind: never seen, never meant, and able to make one
# name look like another. Dropped rather than refused, for the person cannot find them to delete them.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# NUL and the other controls (tab and line feed are judged apart), lone surrogates, non-characters.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
# Every way a keyboard or a word processor ends a line.
LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
BLANK = re.compile("[\\s\u115f\u1160\u2800\u3164\uffa0]*")
# Not NFKC: it would read ² as 2.
FULL_WIDTH = {0xFEE0 + code: code for code in map(ord, "0123456789+-./:")} | {0x2212: ord("-")}
WIDEST_COMPOSITION = 4
"""NFC can shorten text; beyond this many times the limit it is not worth composing to find out."""


def tidy(raw: object, label: str, *, max_length: int, lines: bool = False, min_length: int = 0) -> str:
    """The text in Unicode NFC, trimmed, line ends as LF; "" when only blanks were given.

    max_length and min_length count characters (code points). Raises Invalid for anything but a string, for
    control characters, for line breaks unless `lines`, and for text that is too long (it is never cut).
    """
    if not isinstance(raw, str):
        raise Invalid(_("“{label}”应当是文字，请重新填写。").format(label=label))
    if len(raw) > max_length * WIDEST_COMPOSITION + 1000:
        raise Invalid(too_long(label, max_length, len(raw)))
    text = raw if raw.isascii() else INVISIBLE.sub("", raw)
    text = LINE_ENDS.sub("\n", text)
    if FORBIDDEN.search(text):
        raise Invalid(_("“{label}”里有看不见的控制字符，请删掉后重新输入。").format(label=label))
    if BLANK.fullmatch(text):
        return ""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    if not lines and ("\n" in text or "\t" in text):
        raise Invalid(_("“{label}”只能写一行，请去掉换行和制表符。").format(label=label))
    if len(text) > max_length:
        raise Invalid(too_long(label, max_length, len(text)))
    if len(text) < min_length:
        raise Invalid(
            _("“{label}”至少写 {min} 个字，现在有 {now} 个字，请补充。").format(
                label=label, min=min_length, now=len(text)
            )
        )
    return text


def too_long(label: str, limit: int, now: int) -> str:
    return _("“{label}”最多写 {max} 个字，现在有 {now} 个字，请删减。").format(
        label=label, max=limit, now=now
    )


def number_text(raw: str) -> str:
    """A typed number with full-width digits and signs made plain; "" when it is far too long to be one."""
    return raw.translate(FULL_WIDTH).strip() if len(raw) <= 64 else ""
