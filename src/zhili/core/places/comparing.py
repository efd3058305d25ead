"""Compare the divisions of a file with those in force: who is new, renamed, dissolved, and into whom."""

from collections import Counter, defaultdict
from datetime import date

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from zhili.base import codes
from zhili.core.places.plans import Added, Closed, How, Plan, Renamed
from zhili.core.places.present import Present
from zhili.core.places.reading import Line, Problem

LEVELS = ("province", "city", "county", "town", "village")
SHARE = 0.05  # of the old ground: less is a border that was tidied, not a succession


class Comparison:
    """The divisions as they would be: `after` maps each code to its name and its parent's code."""

    def __init__(self, plan: Plan, present: Present, lines: list[Line], file: str) -> None:
        self.plan, self.present, self.file = plan, present, file
        self.lines = {line.code: line for line in lines}
        self.parents = {line.code: self._parent(line) for line in lines}
        self.gone = self._gone()
        self.after = {
            code: (known.name, known.parent)
            for code, known in present.divisions.items()
            if code not in self.gone
        } | {line.code: (line.name, self.parents[line.code]) for line in lines}
        self.reborn = [
            code
            for code in self.lines
            if code in present.divisions and present.divisions[code].parent != self.parents[code]
        ]
        self._same_names()
        for code, line in self.lines.items():
            self._compare(code, line)

    def _error(self, line: Line | None, message: str) -> None:
        self.plan.problems.append(Problem(self.file, line.row if line else None, message))

    def _parent(self, line: Line) -> str | None:
        """The parent the file names, else the nearest the code implies; None for the top."""
        given = line.parent
        above = given or codes.parent(line.code)
        while above is not None and above not in self.lines and above not in self.present.divisions:
            above = None if given else codes.parent(above)
        if above is None and (given or LEVELS.index(codes.level(line.code)) > 1):
            wanted = given or codes.parent(line.code)
            self._error(
                line,
                _("%(name)s 的上级 %(code)s 不在文件中，系统里也没有") % {"name": line.name, "code": wanted},
            )
        elif above and LEVELS.index(codes.level(above)) >= LEVELS.index(codes.level(line.code)):
            self._error(
                line, _("%(name)s 的上级 %(code)s 并不比它高一层") % {"name": line.name, "code": above}
            )
        return above

    def _gone(self) -> set[str]:
        """Divisions in force that the file leaves out, within what the file speaks of.

        A file that starts from a city or province speaks of the whole site; one that starts below speaks of
        the divisions it starts from and all under them.
        """
        tops = {code for code, parent in self.parents.items() if parent not in self.lines}
        whole = any(self.parents[code] is None for code in tops)
        return {
            code
            for code in self.present.divisions
            if code not in self.lines and (whole or tops & set(self.present.line(code)))
        }

    def _same_names(self) -> None:
        count = Counter((parent, name) for name, parent in self.after.values())
        for line in self.lines.values():
            if count[self.parents[line.code], line.name] > 1:
                self.plan.warnings.append(Problem(self.file, line.row, _("同一上级下有重名：%s") % line.name))

    def _compare(self, code: str, line: Line) -> None:
        known = self.present.divisions.get(code)
        if known is None or code in self.reborn:
            self.plan.added.append(Added(line, self.parents[code]))
            return
        if known.name != line.name:
            self.plan.renamed.append(Renamed(known.id, code, known.name, line.name))
        if line.point and line.point != known.point:
            self.plan.points[code] = line.point

    def close(self, shapes: dict[str, BaseGeometry], on: date) -> None:
        """Close what is gone or starts anew, each with its successors; `shapes` as they would be."""
        named: dict[str, list[str]] = defaultdict(list)
        for line in self.lines.values():
            for old in line.replaces:
                if old in self.gone:
                    named[old].append(line.code)
                elif old in self.lines:
                    self._error(line, _("取代的 %s 还在文件中") % old)
                elif old not in self.present.former:
                    self._error(line, _("取代的 %s 系统里没有") % old)
        for code in sorted([*self.gone, *self.reborn]):
            known = self.present.divisions[code]
            if known.valid_from >= on:
                message = _("%(name)s（%(code)s）%(date)s 才启用，停用日期须在其后")
                self._error(
                    self.lines.get(code),
                    message % {"name": known.name, "code": code, "date": known.valid_from},
                )
            successors, how = self._successors(code, named, shapes)
            if how == "none":
                message = _("%(name)s（%(code)s）停用后没有继任区划")
                self.plan.warnings.append(
                    Problem(self.file, None, message % {"name": known.name, "code": code})
                )
            self.plan.closed.append(Closed(known.id, code, known.name, successors, how))

    def _successors(
        self, code: str, named: dict[str, list[str]], shapes: dict[str, BaseGeometry]
    ) -> tuple[tuple[str, ...], How]:
        if code in self.lines:
            return (code,), "same code"
        if code in named:
            return tuple(sorted(named[code])), "file"
        old = self.present.shapes.get(code)
        if old is not None:
            step = codes.level(code)
            rivals = [other for other in shapes if other in self.after and codes.level(other) == step]
            shared = shapely.area(shapely.intersection(old, [shapes[other] for other in rivals]))
            heirs = sorted(
                (-share, other)
                for other, share in zip(rivals, shared.tolist(), strict=True)
                if share > SHARE * old.area
            )
            if heirs:
                return tuple(other for _share, other in heirs), "ground"
        above = next((up for up in self.present.line(code)[1:] if up in self.after), None)
        return ((above,), "parent") if above else ((), "none")
