"""Bytes of a device → messages of the store. What cannot be read is told as Undecodable, with the reason."""

from datetime import datetime
from typing import TYPE_CHECKING

from zhili.base.devices import Decoded, Undecodable, plain, traccar
from zhili.base.signals.measures import Said
from zhili.core.signals.storing import Message

if TYPE_CHECKING:
    from zhili.core.signals.gateway.gathering import Arrived

__all__ = ["Undecodable", "decode", "of_watch"]


def decode(arrived: "Arrived") -> list[Message]:
    """Our JSON may hold several reports: one message each, with a place of its own in the device's counting."""
    if arrived.fault:
        raise Undecodable(arrived.fault)
    if arrived.form == "traccar":
        found = traccar.decode(arrived.raw, arrived.received_at)
        return [_message(arrived, found.number, found.said)]
    return [
        _message(arrived, arrived.number, report.said, report.sequence)
        for report in plain.decode(arrived.raw, arrived.received_at)
    ]


def of_watch(decoded: Decoded, raw: bytes, received_at: datetime) -> Message:
    return Message(decoded.number, "watch", decoded.said, raw, received_at)


def _message(arrived: "Arrived", number: str, said: tuple[Said, ...], sequence: int | None = None) -> Message:
    return Message(number, arrived.channel, said, arrived.raw, arrived.received_at, sequence, arrived.key)
