"""A comparison written as text, made safe to run: Python's own parser, then a whitelist, then plain closures.

Nothing is ever handed to ``eval``. What is not on the list is refused with line, column and the name at fault.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

LONGEST: Final = 500
"""Characters."""
DEEPEST: Final = 20
"""Levels of brackets and operators."""

Values = Sequence[float]
Run = Callable[[Values], Any]

_SUMS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARED: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_CALLED: Final[dict[str, tuple[Callable[..., float], int, int]]] = {
    "abs": (abs, 1, 1),
    "min": (min, 2, 8),
    "max": (max, 2, 8),
}
RESERVED: Final = frozenset(_CALLED)
_NUMBER, _TRUTH = "a number", "a comparison"


class ExpressionRefused(ValueError):
    """``line`` and ``column`` count from 1; ``name`` is what is at fault (empty when it is the whole)."""

    def __init__(self, why: str, line: int = 1, column: int = 1, name: str = "") -> None:
        self.line, self.column, self.name = line, column, name
        super().__init__(f"line {line}, column {column}: {why}")


@dataclass(frozen=True, slots=True)
class Compiled:
    """``run(values)`` takes the numbers in the order of ``names``; ZeroDivisionError and OverflowError pass through."""

    names: tuple[str, ...]
    run: Callable[[Values], bool]


def compile_expression(text: str, names: Sequence[str]) -> Compiled:
    """Make a comparison ready to run. ``names``: every measure and number it may use. Raises ExpressionRefused."""
    if len(text) > LONGEST:
        raise ExpressionRefused(f"longer than {LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        at = (error.text or "").strip()
        raise ExpressionRefused(
            f"not an expression: {error.msg}", error.lineno or 1, error.offset or 1, at
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionRefused("not an expression that can be read") from None
    compiler = _Compiler(text, {name: place for place, name in enumerate(names)})
    kind, run = compiler.node(tree.body, 0)
    if kind != _TRUTH:
        raise ExpressionRefused("gives a number; a rule needs a comparison, such as heart_rate > limit")
    return Compiled(tuple(names), run)


def names_in(text: str) -> Collection[str]:
    """The names an expression uses, functions apart. Raises ExpressionRefused when it cannot be read."""
    try:
        found = ast.walk(ast.parse(text.strip(), mode="eval"))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionRefused("not an expression that can be read") from None
    return {one.id for one in found if isinstance(one, ast.Name)} - RESERVED


class _Compiler:
    def __init__(self, text: str, places: dict[str, int]) -> None:
        self.text, self.places = text, places

    def refuse(self, node: ast.AST, why: str, name: str = "") -> ExpressionRefused:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        return ExpressionRefused(why, line, column, name)

    def node(self, node: ast.expr, depth: int) -> tuple[str, Run]:
        if depth > DEEPEST:
            raise self.refuse(node, f"nested deeper than {DEEPEST} levels")
        match node:
            case ast.Constant():
                return _NUMBER, self.constant(node)
            case ast.Name():
                return _NUMBER, self.name(node)
            case ast.BinOp():
                return _NUMBER, self.sum(node, depth)
            case ast.UnaryOp():
                return self.unary(node, depth)
            case ast.Call():
                return _NUMBER, self.call(node, depth)
            case ast.Compare():
                return _TRUTH, self.compare(node, depth)
            case ast.BoolOp():
                return _TRUTH, self.both(node, depth)
        part = ast.get_source_segment(self.text.strip(), node) or type(node).__name__
        raise self.refuse(node, f"{part[:40]!r} is not allowed here ({type(node).__name__})", part[:40])

    def of(self, kind: str, node: ast.expr, depth: int) -> Run:
        found, run = self.node(node, depth + 1)
        if found != kind:
            raise self.refuse(node, f"{kind} is needed here, and this is {found}")
        return run

    def constant(self, node: ast.Constant) -> Run:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.refuse(node, f"{str(node.value)[:40]!r} is no number", str(node.value)[:40])
        try:
            value = float(node.value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self.refuse(node, "a number too large")
        return lambda values: value

    def name(self, node: ast.Name) -> Run:
        if node.id not in self.places:
            known = ", ".join(self.places) or "none"
            raise self.refuse(node, f"unknown name {node.id!r}; known are {known}", node.id)
        return operator.itemgetter(self.places[node.id])

    def sum(self, node: ast.BinOp, depth: int) -> Run:
        function = _SUMS.get(type(node.op))
        if function is None:
            raise self.refuse(
                node, f"operator {type(node.op).__name__} is not allowed", type(node.op).__name__
            )
        left, right = self.of(_NUMBER, node.left, depth), self.of(_NUMBER, node.right, depth)
        return lambda values: function(left(values), right(values))

    def unary(self, node: ast.UnaryOp, depth: int) -> tuple[str, Run]:
        if isinstance(node.op, ast.Not):
            inner = self.of(_TRUTH, node.operand, depth)
            return _TRUTH, lambda values: not inner(values)
        if isinstance(node.op, ast.USub):
            number = self.of(_NUMBER, node.operand, depth)
            return _NUMBER, lambda values: -number(values)
        raise self.refuse(node, f"operator {type(node.op).__name__} is not allowed", type(node.op).__name__)

    def call(self, node: ast.Call, depth: int) -> Run:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _CALLED:
            shown = name or ast.get_source_segment(self.text.strip(), node.func) or "call"
            raise self.refuse(node, f"{shown[:40]!r} may not be called; only abs, min, max", shown[:40])
        function, least, most = _CALLED[name]
        if node.keywords or not least <= len(node.args) <= most:
            raise self.refuse(node, f"{name} takes {least} to {most} numbers", name)
        given = [self.of(_NUMBER, one, depth) for one in node.args]
        return lambda values: function(*[one(values) for one in given])

    def compare(self, node: ast.Compare, depth: int) -> Run:
        for op in node.ops:
            if type(op) not in _COMPARED:
                raise self.refuse(node, f"comparison {type(op).__name__} is not allowed", type(op).__name__)
        parts = [self.of(_NUMBER, one, depth) for one in (node.left, *node.comparators)]
        compared = [_COMPARED[type(op)] for op in node.ops]
        if len(compared) == 1:
            one, left, right = compared[0], parts[0], parts[1]
            return lambda values: one(left(values), right(values))

        def chain(values: Values) -> bool:
            found = [part(values) for part in parts]
            return all(one(a, b) for one, a, b in zip(compared, found, found[1:], strict=False))

        return chain

    def both(self, node: ast.BoolOp, depth: int) -> Run:
        parts = [self.of(_TRUTH, one, depth) for one in node.values]
        if isinstance(node.op, ast.And):
            return lambda values: all(part(values) for part in parts)
        return lambda values: any(part(values) for part in parts)
