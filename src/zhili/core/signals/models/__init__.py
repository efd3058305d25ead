from zhili.core.signals.models.measurements import (
    Batch,
    Closed,
    DayRoll,
    HourRoll,
    Late,
    Measurement,
    MeasureName,
    SealedMeasurement,
    Tally,
)
from zhili.core.signals.models.refusals import Frame, Refusal
from zhili.core.signals.models.sources import Binding, Protocol, Source

__all__ = [
    "Batch",
    "Binding",
    "Closed",
    "DayRoll",
    "Frame",
    "HourRoll",
    "Late",
    "MeasureName",
    "Measurement",
    "Protocol",
    "Refusal",
    "SealedMeasurement",
    "Source",
    "Tally",
]
