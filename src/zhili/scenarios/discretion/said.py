"""Sentences a penalty case keeps as its reasons; said in the reader's language by the kernel."""

from __future__ import annotations

from zhili.core.cases.reasons import Reason

IN_TIME = Reason("在追究时效以内（到%(last)s），依据：行政处罚法第三十六条")
RANGED = Reason("裁量范围%(range)s：基准%(table)s第%(number)s版，适用第%(rows)s行")
UNRANGED = Reason("没有生效的裁量基准，按法定幅度%(range)s，依据：%(where)s")
LATE = Reason(
    "加处罚款%(fee)s元：逾期%(days)s日，每日百分之三，不超过罚款本金；复议、诉讼期间%(stopped)s日不计"
)
HEARING = Reason("听证通知在%(days)s个完整的工作日以前送达，依据：行政处罚法第六十四条、第八十五条")
BACK = Reason("罚款已经缴纳，变更以后应当退还%(fen)s元")
