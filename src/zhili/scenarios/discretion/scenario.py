"""浙里执法有度: a penalty by the book: its clocks, its benchmark, and nobody's hand heavier than another's unseen."""

from zhili.base.procedure import Scenario
from zhili.scenarios.discretion import procedures
from zhili.scenarios.discretion.parameters import PARAMS

scenario = Scenario(
    "discretion",
    "浙里执法有度",
    procedures=(procedures.Penalty,),
    params=PARAMS,
    summary="行政处罚从立案到缴款：法定期限、两人执法、告知申辩、裁量基准，超出范围必须有理由、有另一人批准。",
)
