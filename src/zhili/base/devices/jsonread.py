"""JSON from devices: read strictly, so that nothing odd gets further than the door."""

import json
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from zhili.base.devices import Undecodable

LARGEST: Final = 1 << 20  # a minute of acceleration as text is a tenth of it


def read(raw: bytes) -> Any:
    """The JSON value. Raises Undecodable: large, json (not UTF-8, not JSON, NaN, too deep)."""
    if len(raw) > LARGEST:
        raise Undecodable("large", f"{len(raw)} bytes")
    try:
        return json.loads(raw.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Undecodable("json", str(error)[:100], raw[:256]) from None


def instant(value: Any) -> datetime:
    """ISO 8601 with an offset, or milliseconds since 1970, as an aware UTC time. Raises Undecodable("time")."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            if at.tzinfo is None:
                raise Undecodable("time", "without an offset from UTC")
            return at.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except Undecodable:
        raise
    except (ValueError, OverflowError, OSError) as error:
        raise Undecodable("time", str(error)[:100]) from None
    raise Undecodable("time", "neither ISO text nor milliseconds")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
