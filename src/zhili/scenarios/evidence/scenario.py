"""证据通: what was taken as evidence or into custody, from the door to its owner: who, what, when, why, where."""

from zhili.base.procedure import Scenario
from zhili.scenarios.evidence import procedures

scenario = Scenario(
    "evidence",
    "证据通",
    procedures=(procedures.Item,),
    params=procedures.PARAMS,
    summary="物证和电子证据的入库、上架、封存、借出归还、处置和发还：每一次经手都留痕，谁都能核对。",
)
