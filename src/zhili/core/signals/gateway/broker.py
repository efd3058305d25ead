"""A broker inside the process (amqtt), so that a trial on one machine needs nothing else.

It asks us who may sign in, lets a device publish to its own topic and nothing more, and keeps what it has in memory:
what it acknowledged to a device a moment before the process is killed is lost with it. A city's broker is mosquitto,
EMQX or another that writes to disk; see docs/devices.md.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from amqtt.broker import Broker as AmqttBroker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from zhili.core.signals.gateway import trusted
from zhili.core.signals.gateway.listening import Listener, Surroundings, register
from zhili.core.signals.gateway.options import Options

_options: Options | None = None  # plugins are made by the broker, from their names


class KeyCheck(BaseAuthPlugin):
    """User = number, password = key."""

    async def authenticate(self, *, session: Session) -> bool | None:
        if _options is None or not session.username:
            return False
        try:
            return await trusted.may_sign_in(session.username, session.password or "", _options)
        except Exception:  # the database is away: nobody comes in, and the device tries again
            return False

    @dataclass
    class Config:
        """None."""


class OwnTopic(BaseTopicPlugin):
    """A device its own topic, the gateway all of them."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool | None:
        if _options is None or session is None or not session.username:
            return False
        access = {Action.PUBLISH: trusted.WRITE, Action.SUBSCRIBE: trusted.SUBSCRIBE}.get(
            action or Action.RECEIVE, trusted.READ
        )
        return trusted.may_use(session.username, topic or "", access, _options)

    @dataclass
    class Config:
        """None."""


class Embedded:
    """The broker as a listener of ours: started again when it falls, told when its port is taken."""

    name = "broker"

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    async def run(self) -> None:
        global _options
        options = _options = self._around.options
        trusted.bound(options.host, options.embedded_port).close()  # raises OSError: amqtt would only log it
        logging.getLogger("amqtt").setLevel(logging.ERROR)
        logging.getLogger("transitions").setLevel(logging.ERROR)
        here = __name__
        broker = AmqttBroker({
            "listeners": {"default": {
                "type": "tcp", "bind": f"{options.host}:{options.embedded_port}",
                "max_connections": options.connections,
            }},
            "plugins": {f"{here}.KeyCheck": {}, f"{here}.OwnTopic": {}},
        })  # fmt: skip
        await broker.start()
        self._around.counts.state[self.name] = "ok"
        try:
            await asyncio.Event().wait()
        finally:
            with suppress(Exception):
                await broker.shutdown()


def _make(around: Surroundings) -> list[Listener]:
    return [Embedded(around)] if around.options.embedded_port else []


register("broker", _make)
