"""A few hundred matters as offices decided them, made by seed: three categories, each with words of its own."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from zhili.core.cases.triage import training
from zhili.core.cases.triage.examples import Example
from zhili.core.cases.triage.model import Model
from zhili.core.cases.triage.reading import read

AT = datetime(2026, 3, 1, tzinfo=UTC)
SAID = {
    "201001": ["垃圾堆了好几天没人清运", "垃圾桶满了臭气很大", "路边有人乱倒垃圾", "垃圾房门口污水横流很脏"],
    "201013": [
        "楼顶私自搭建了一间房",
        "有人把阳台违章搭建成厨房",
        "院子里违建的棚子占了路",
        "私自搭建的围墙挡光",
    ],
    "204003": [
        "闻到很重的煤气味怀疑泄漏",
        "燃气管道接口在漏气",
        "楼道里煤气泄漏味道刺鼻",
        "燃气表旁边有漏气的声音",
    ],
}
NAMES = {
    "201001": ["暴露垃圾", "垃圾"],
    "201013": ["私搭乱建", "违建"],
    "204003": ["燃气泄漏", "燃气", "煤气"],
}
WHERE = ["小区东门", "菜场对面", "学校后面", "公园旁", "河边步道", "车站出口", "二号楼下", "广场西侧"]
WHEN = ["昨天晚上", "这两天", "今天早上", "上周开始", "一个多月了", "刚才路过看到"]


def examples(each: int = 70, seed: int = 7, spoiled: float = 0.1) -> list[Example]:
    """So many of each category; of a share of them an office decided otherwise than the words say."""
    draw = random.Random(seed)
    found = []
    for label, said in SAID.items():
        for n in range(each):
            words = f"{draw.choice(WHEN)}{draw.choice(WHERE)}{draw.choice(said)}，{draw.choice(WHERE)}第{n}次"
            other = draw.choice(sorted(SAID)) if draw.random() < spoiled else label
            found.append(
                Example(read(f"{words}{draw.choice('的了呢吧啊')}{draw.choice('甲乙丙丁戊')}"), other)
            )
    draw.shuffle(found)
    return found


def model(**more: object) -> Model:
    """Learned from them, quickly."""
    return training.learn(examples(), AT, names=NAMES, repeats=1, **more)  # type: ignore[arg-type]
