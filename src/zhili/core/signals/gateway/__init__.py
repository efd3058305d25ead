"""The gateway: what devices say comes in here, by MQTT, HTTP and TCP, and is answered once it is durable.

listening.py   what a listener is, and which there are: JT/T 808 or JetStream is one more
mqtt.py, http.py, watch.py   the listeners
decoding.py    bytes of a device → messages of the store
gathering.py   many small messages into few transactions; nothing is acknowledged before its transaction is
broker.py      a broker inside the process, for a trial on one machine
running.py     the process
"""
