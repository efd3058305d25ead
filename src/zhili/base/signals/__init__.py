"""Measurements and the rules over them: declared, judged and replayed. Pure Python: no Django, no clock, no file."""
