"""Altering one byte of one stored row, as somebody would who owns the database and switches the triggers off."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from zhili.core.trail.audit import signed, tree
from zhili.core.trail.audit.covering import covers


class Undo(Exception):
    """Ends an alteration."""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done within is rolled back; triggers and foreign keys are switched off."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            raise Undo
    except Undo:
        pass


def covered_columns() -> list[tuple[type[models.Model], models.Field]]:
    """Every column of every table the trail covers, but for those it says it leaves out."""
    beside: dict[str, Any] = {**tree.BESIDE, **signed.BESIDE}
    for cover in covers():
        beside |= cover.beside
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    return [
        (by_table[table], field)
        for table in sorted(beside)
        for field in by_table[table]._meta.concrete_fields
        if field.attname not in beside[table] and field.column not in beside[table]
    ]


def alter(model: type[models.Model], key: Any, field: models.Field, dice: random.Random) -> Any:
    """Change one byte of this column of this row; the new value. Raises DatabaseError when no value would be taken."""
    old = model._base_manager.filter(pk=key).values_list(field.attname, flat=True).get()
    for _ in range(8):
        new = one_byte_off(field, old, dice)
        try:
            with transaction.atomic():
                set_column(model, key, field, new)
            return new
        except DatabaseError as error:
            refused = error
    raise refused


def set_column(model: type[models.Model], key: Any, field: models.Field, value: Any) -> None:
    meta = model._meta
    columns = [f.column for f in getattr(meta, "pk_fields", [meta.pk])]
    keys = key if isinstance(key, tuple) else (key,)
    where = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(c)) for c in columns)
    statement = sql.SQL("UPDATE {} SET {} = %s WHERE {}").format(
        sql.Identifier(meta.db_table), sql.Identifier(field.column), where
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value, *keys])
        assert cursor.rowcount == 1


def one_byte_off(field: models.Field, old: Any, dice: random.Random) -> Any:
    """Another value of the column's kind, as near to the old one as can be; something where there was nothing."""
    while isinstance(field, models.ForeignKey):  # a row whose key is another's is referred to by that one's
        field = field.target_field
    if isinstance(field, ArrayField):
        return [*old[:-1], one_byte_off(field.base_field, old[-1] if old else None, dice)]
    if isinstance(field, models.JSONField):
        return Jsonb(_json(old, dice))
    if isinstance(field, models.BooleanField):
        return not old
    if isinstance(field, models.BinaryField):
        return _bytes(bytes(old or b""), dice)
    if isinstance(field, models.UUIDField):
        return UUID(bytes=_bytes((old or UUID(int=7)).bytes, dice))
    if isinstance(field, models.DateTimeField):
        return (old or datetime.now().astimezone()) + timedelta(microseconds=dice.choice((1, -1, 256)))
    if isinstance(field, models.DateField):
        return (old or date(2026, 1, 1)) + timedelta(days=dice.choice((1, -1, 31)))
    if isinstance(field, models.FloatField):
        return (old or 120.0) + dice.choice((1e-7, 1e-3, -1e-5))
    if isinstance(field, models.DecimalField):
        step = Decimal(1).scaleb(-(field.decimal_places or 0))
        return old - step if old > 0 else old + step
    if isinstance(field, models.IntegerField):
        return (old or 0) + dice.choice((1, -1, 256))
    assert isinstance(field, models.CharField | models.TextField), field
    return _text(old or "", dice)


def _bytes(old: bytes, dice: random.Random) -> bytes:
    if not old:
        return b"\x01"
    at = dice.randrange(len(old))
    return old[:at] + bytes([old[at] ^ 1 << dice.randrange(8)]) + old[at + 1 :]


def _text(old: str, dice: random.Random) -> str:
    if not old:
        return "x"
    at = dice.randrange(len(old))
    return old[:at] + ("0" if old[at] != "0" else "1") + old[at + 1 :]


def _json(old: Any, dice: random.Random) -> Any:
    """One letter or digit somewhere in the value; a word put in where it is empty."""
    text = json.dumps(old, ensure_ascii=False)
    places = [i for i, letter in enumerate(text) if letter.isalnum()]
    dice.shuffle(places)
    for at in places:
        for other in "127ae":
            try:
                new = json.loads(text[:at] + other + text[at + 1 :])
            except ValueError:
                continue
            if new != old:
                return new
    return {"x": 1} if isinstance(old, dict) else [*(old or []), "x"]
