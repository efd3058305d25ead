"""Reports as residents write them, ready to be sent: the same for every run.

Points are spread over the cells of the demo city; a third of the reporters leave name and telephone.
"""

import csv
import io
import json
import random
from importlib import resources
from pathlib import Path

import shapely

THINGS = [
    "小区东门口的下水道堵了，污水漫到人行道上，接送孩子要绕很远的路，味道也很大。",
    "路口的窨井盖松动，电瓶车压过去会翘起来，昨天傍晚已经有一位老人差点摔倒。",
    "河边护栏断了一截，大约两米长，旁边就是幼儿园，放学的时候很多孩子在那里玩。",
    "菜场门口每天早上六点到九点占道摆摊，行人只能走到机动车道上去。",
    "路灯从上周三开始有三盏不亮，晚上下班回来完全看不清路面。",
    "绿化带里堆了很多建筑垃圾，已经一个多星期没有人来清运，下雨以后到处是泥水。",
    "隔壁工地晚上十一点以后还在打桩，连续四天了，家里有高考的学生，希望尽快处理。",
    "楼下饭店的油烟管道正对着居民窗户，一到饭点就不能开窗，之前说过整改但没有动静。",
    "公交站台的顶棚漏雨，座椅也坏了两个，等车的多是老人。",
    "共享单车把盲道全部停满，一直停到地铁口，希望能划出停放区域并定时清理。",
]
MORE = [
    "",
    "希望尽快派人来看一看，谢谢。",
    "附近居民已经反映过多次，请给一个明确的处理时间，也请把处理结果告诉我们。",
    "现场情况是昨天晚上七点左右看到的，今天早上经过时还是老样子，没有任何警示标志。",
]
PREFIXES = ["138", "139", "150", "158", "159", "186", "187", "188"]
STREETS = ["中山路", "建国路", "环城南路", "勤俭路", "友谊街", "文昌路", "新洲路", "凤鸣街"]
SURNAMES, GIVEN = "王李张刘陈杨黄吴赵周徐孙", "伟芳娜敏静丽强磊洋艳勇杰娟涛明"


def bodies(number: int, seed: int = 2026) -> list[bytes]:
    """JSON bodies of ``POST /api/v1/cases/citizen_reports.report/report``."""
    chance = random.Random(seed)
    points, codes = _points(chance), _categories()
    return [_one(chance, points, codes, named=n % 3 == 0) for n in range(number)]


def write(path: Path, number: int) -> Path:
    """One body a line."""
    path.write_bytes(b"\n".join(bodies(number)) + b"\n")
    return path


def _one(chance: random.Random, points: list[tuple[float, float]], codes: list[str], named: bool) -> bytes:
    lon, lat = chance.choice(points)
    address = f"{chance.choice(STREETS)}{chance.randrange(1, 400)}号"
    report: dict[str, object] = {
        "what": chance.choice(THINGS) + chance.choice(MORE),
        "place": {"lon": lon, "lat": lat, "address": address},
        "category": chance.choice(codes),
        "anonymous": not named,
    }
    if named:
        report["name"] = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
        report["phone"] = f"{chance.choice(PREFIXES)}{chance.randrange(10**8):08}"
    return json.dumps(report, ensure_ascii=False).encode()


def _points(chance: random.Random) -> list[tuple[float, float]]:
    """A point well inside each cell."""
    from zhili.core.places import data
    from zhili.core.places.data.packing import unpack

    cells = unpack((Path(data.__file__).parent / "jiaxing_cells.bin.gz").read_bytes())[1]
    inner = shapely.get_coordinates(shapely.point_on_surface(cells)).tolist()
    return [(round(x + chance.uniform(-1, 1) * 1e-4, 6), round(y, 6)) for x, y in inner]


def _categories() -> list[str]:
    """The codes a resident may choose: those nothing is below."""
    folder = resources.files("zhili.scenarios.citizen_reports")
    rows = list(csv.DictReader(io.StringIO((folder / "categories.csv").read_text("utf-8"))))
    parents = {row["parent"] for row in rows}
    return [row["code"] for row in rows if row["code"] not in parents]
