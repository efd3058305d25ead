"""Signals: what devices measure, the rules over it, and the warnings that follow.

sources, registry   devices that send; measures and rules as declared
gateway/            listens: MQTT, HTTP, watches over TCP
store/              takes measurements in, keeps them for their time, gives them out
judge/              asks every rule of what came, a transaction a turn
rules/              how rules are said, how they stand, how good they are
warnings/           what follows when one fires
"""
