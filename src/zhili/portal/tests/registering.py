"""A sole trader with a shop in county A, and a file that its administrator sent and has not confirmed."""

from __future__ import annotations

from zhili.base.codes import made_uscc
from zhili.core.cases.tests.city import SmallCity
from zhili.core.registers import firms, premises
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.registers.loading import running

CODE = made_uscc("92", "330402", "YY000001")
HEAD = "统一社会信用代码,企业名称,场所种类,地址,经度,纬度"
FILE = HEAD + "\n{code},第二小吃店,餐饮店,建设路2号,120.05,30.05\n1,甲,乙,丙,1,\n"


def registered(city: SmallCity) -> tuple[str, int, int]:
    """The firm's code, the shop's id, the file's."""
    clerk, admin = city.actor("A", "handler", name="registers"), city.actor("city", "admin")
    division = city.divisions["A"].pk
    firms.save(GivenFirm(CODE, "欧阳小敏面馆", "sole_trader", division_id=division, operator="欧阳小敏",
                         phone="13912345678"), clerk)  # fmt: skip
    shop = premises.save(
        GivenPremises(CODE, "restaurant", "欧阳小敏面馆", "S1", "建设路1号", 120.05, 30.05), clerk
    )
    file = FILE.format(code=made_uscc("92", "330402", "YY000002")).encode("gb18030")
    return CODE, shop.pk, running.take(file, "名单.csv", "both", admin).pk
