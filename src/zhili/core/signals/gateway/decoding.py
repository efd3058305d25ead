"""Bytes of a device → messages of the store. What cannot be read is told as Undecodable, with the reason."""

from datetime import datetime
from typing import TYPE_CHECKING

from zhili.base.devices import Decoded, Undecodable, plain, traccar
from zhili.core.signals.store.storing import Message

if TYPE_CHECKING:
    from zhili.core.signals.gateway.gathering import Arrived

__all__ = ["Undecodable", "decode", "of_watch"]


def decode(arrived: "Arrived") -> list[Message]:
    """Our JSON may hold several reports: one message each, with a place of its own in the device's counting."""
    if arrived.fault:
        raise Undecodable(arrived.fault)
    if arrived.form == "traccar":
        found = traccar.decode(arrived.raw, arrived.received_at)
        return [
            Message(
                found.number, arrived.channel, found.said, arrived.raw, arrived.received_at,
                key=None if arrived.vouched else arrived.key, vouched=arrived.vouched,
            )
        ]  # fmt: skip
    return [
        Message(
            arrived.number,
            arrived.channel,
            report.said,
            arrived.raw,
            arrived.received_at,
            report.sequence,
            arrived.key,
        )
        for report in plain.decode(arrived.raw, arrived.received_at)
    ]


def of_watch(decoded: Decoded, raw: bytes, received_at: datetime) -> Message:
    return Message(decoded.number, "watch", decoded.said, raw, received_at)
