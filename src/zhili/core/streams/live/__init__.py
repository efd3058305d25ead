"""Live: what is written to the outbox, told to the screens that are open now.

register(frozenset({"step"}), tell_steps)     # in an app's ready(): rows of the outbox into what screens are told
hub = Hub(Listener)                           # one per process; portal/live serves its screens
position()                                    # where a page stands that is being drawn: its stream begins there

One connection per process reads the outbox; each event is put into words once and handed to every screen that may
hear it, in memory. Nothing is asked of the database per screen.
"""

from zhili.core.streams.live.bell import ring
from zhili.core.streams.live.hub import Hub, Screen, ending
from zhili.core.streams.live.position import Position, position
from zhili.core.streams.live.telling import Listener, Row, Told, register

__all__ = [
    "Hub",
    "Listener",
    "Position",
    "Row",
    "Screen",
    "Told",
    "ending",
    "position",
    "register",
    "ring",
]
