"""真薪: projects, who works there, what was agreed, and the days. Sheets and payments stand in modules of their own."""

from zhili.scenarios.wages.models.agreed import ContractSignature, ContractVersion
from zhili.scenarios.wages.models.days import Confirmation, DayLine, DaySheet, DisputeDetail, Tap
from zhili.scenarios.wages.models.jobs import Course, Reply, Vacancy
from zhili.scenarios.wages.models.paying import (
    Adjustment,
    BankAnswer,
    ComplaintDetail,
    LineMark,
    PaymentFile,
    PaymentLine,
    ProjectFact,
    SheetStep,
    WageLine,
    WageSheet,
)
from zhili.scenarios.wages.models.projects import Project, Seat
from zhili.scenarios.wages.models.workers import Crew, DeviceKey, DocumentPhoto, Engagement, Worker

__all__ = [
    "Adjustment",
    "BankAnswer",
    "ComplaintDetail",
    "Confirmation",
    "ContractSignature",
    "ContractVersion",
    "Course",
    "Crew",
    "DayLine",
    "DaySheet",
    "DeviceKey",
    "DisputeDetail",
    "DocumentPhoto",
    "Engagement",
    "LineMark",
    "PaymentFile",
    "PaymentLine",
    "Project",
    "ProjectFact",
    "Reply",
    "Seat",
    "SheetStep",
    "Tap",
    "Vacancy",
    "WageLine",
    "WageSheet",
    "Worker",
]
