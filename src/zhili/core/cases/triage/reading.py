"""A text as triage reads it: short runs of characters, with everything personal it can tell taken out first.

The same reading serves learning and asking, so nothing here needs more than the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zhili.base.text import redact

LONGEST = 2_000
"""Characters that are read of a text; the matter is said by then."""
HEAD = 40
"""Characters of a text that has no title which count as its title."""
BODY_GRAMS = (1, 2)
HEAD_GRAMS = (1, 3)
_HIDDEN = re.compile(r"\[[^\[\]]{1,6}已隐去\]")
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z]{2,}")
_SURNAMES = (
    "欧阳|上官|司马|诸葛|东方|皇甫|令狐|司徒|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋"
    "蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤俞]"
)
_TITLES = (
    "先生|女士|小姐|同志|书记|主任|局长|科长|处长|镇长|村长|县长|市长|区长|校长|院长|所长|站长|队长|组长|经理|老板|董事|医生|老师"
    "|师傅|警官|法官|律师|支书|主席|某"
)
# the more certain first: what follows "my name is", then a surname before a title
_NAMED = re.compile(
    r"(?:我叫|我是|姓名|名叫|联系人|投诉人|反映人|当事人|负责人|经办人|申请人)(?:[:：是为]|\s)*[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])"
    rf"|(?:{_SURNAMES})[\u4e00-\u9fff]{{0,2}}(?={_TITLES})"
)


@dataclass(frozen=True)
class Text:
    """What is read of one matter: its title, or the first words where it has none, and all of it."""

    head: str
    body: str


def read(body: str, title: str = "") -> Text:
    """Cut to length and redacted; never raises. ``title`` as whoever reported gave it, if they did."""
    whole = clean(f"{title}\n{body}" if title else body)
    return Text(clean(title) if title else whole[:HEAD], whole)


def kept(body: str, title: str = "") -> Text:
    """What is stored already, for comparing only: stored texts are redacted, and nothing is learned from this."""
    whole = (f"{title}\n{body}" if title else body)[:LONGEST].lower()
    return Text(title.lower() if title else whole[:HEAD], whole)


def clean(text: str) -> str:
    """Lower case; numbers, accounts and names that can be told by what stands beside them become
    blanks."""
    cut = text[: LONGEST + HEAD].replace("\x00", " ")
    return _NAMED.sub(" ", _HIDDEN.sub(" ", redact(cut)))[:LONGEST].lower()


def pieces(text: str, low: int, high: int) -> Iterator[tuple[str, int, int]]:
    """(piece, from, to): every run of ``low`` to ``high`` Chinese characters, and every whole Latin word.

    Digits belong to no piece, so no number can be learned.
    """
    for run in _RUNS.finditer(text):
        begin, end = run.span()
        if text[begin] < "\u3400":
            yield run[0], begin, end
            continue
        for size in range(low, high + 1):
            for at in range(begin, end - size + 1):
                yield text[at : at + size], at, at + size


def grams(text: str, low: int, high: int) -> list[str]:
    """The pieces alone, for counting."""
    return [piece for piece, _from, _to in pieces(text, low, high)]
