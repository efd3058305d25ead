"""Matters are covered by their steps, what is shared by ``changes``; taps and approved plans have leaves themselves."""

from zhili.core.trail.audit.covering import register
from zhili.scenarios.cross_border.events.covered import COVERS as EVENTS
from zhili.scenarios.cross_border.patrols.covered import COVERS as PATROLS

register(*PATROLS, *EVENTS)
