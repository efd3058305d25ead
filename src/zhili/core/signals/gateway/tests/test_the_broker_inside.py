"""The broker that comes along for a trial lets a device in by its key, to its own topic only."""

import paho.mqtt.client as paho

from zhili.core.signals.gateway.options import Options
from zhili.core.signals.gateway.tests.doubles import Kept, gateway
from zhili.core.signals.gateway.tests.mosquitto import free_port, until


def client(number: str, password: str | None, port: int, codes: list[bool]) -> paho.Client:
    one = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=number)
    if password is not None:
        one.username_pw_set(number, password)
    one.on_connect = lambda client, data, flags, code, properties: codes.append(not code.is_failure)
    one.connect("127.0.0.1", port)
    one.loop_start()
    return one


def test_a_device_gets_in_by_its_key_and_speaks_for_itself_only(kept: Kept) -> None:
    port = free_port()
    codes: list[bool] = []
    heard: list[str] = []
    with gateway(Options(http_port=0, watch_port=0, embedded_port=port)) as around:
        until(lambda: list(around.counts.state.values()) == ["ok", "ok"], told=str(around.counts.state))
        clients = [client("A1", "key of A1", port, codes)]
        until(lambda: codes == [True])
        device = clients[0]
        device.on_message = lambda client, data, message: heard.append(message.topic)
        device.subscribe("zhili/#", 1)
        device.publish("zhili/B2/up", b'{"seq": 1, "sos": true}', qos=1)
        for number in (2, 3):
            device.publish("zhili/A1/up", b'{"seq": %d, "sos": true}' % number, qos=1)
        until(lambda: kept.sequences() == [2, 3])
        for number, password in (("A1", "guess"), ("zhili-gateway", "zhili-gateway"), ("nobody", None)):
            clients.append(client(number, password, port, codes))
            until(lambda: len(codes) >= len(clients))
            clients[-1].loop_stop()
        assert codes[:4] == [True, False, False, False]
        assert {message.number for message in kept.messages} == {"A1"}
        assert heard == []
        device.disconnect()
        device.loop_stop()
