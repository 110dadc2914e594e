"""Many new rows at once: Django's bulk_create takes longer to prepare their values than the database to write them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

# What stands in an object is what the database takes; fields of other kinds convert it.
PLAIN = (models.CharField, models.IntegerField, models.FloatField, models.BooleanField, models.ForeignKey)


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, renew_by: str = ""
) -> None:
    """Rows of plain values. With `renew_by`, a column, a row that has the same there already is overwritten."""
    sql = _insert(model, columns, 1)
    if renew_by:
        renewed = ", ".join(f"{_quoted(name)} = EXCLUDED.{_quoted(name)}" for name in columns if name != renew_by)
        sql += f" ON CONFLICT ({_quoted(renew_by)}) DO UPDATE SET {renewed}"
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))


def insert_objects(objects: Sequence[models.Model]) -> None:
    """Objects of one model that are not saved yet, without parents; they get their ids. No signals are sent."""
    if not objects:
        return
    meta = objects[0]._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = [str(field.column) for field in fields]
    size = connection.ops.bulk_batch_size(fields, objects)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for start in range(0, len(objects), size):
            part = objects[start : start + size]
            sql = f"{_insert(type(part[0]), columns, len(part))} RETURNING {_quoted(str(meta.pk.column))}"
            cursor.execute(sql, _values(part, fields))
            _mark_as_saved(part, [pk for (pk,) in cursor.fetchall()])


def _insert(model: type[models.Model], columns: Sequence[str], count: int) -> str:
    names = ", ".join(map(_quoted, columns))
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {', '.join([row] * count)}"  # noqa: S608


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _values(objects: Sequence[models.Model], fields: Sequence[Any]) -> list[Any]:
    """Those of all objects, one after the other."""
    database = connections[DEFAULT_DB_ALIAS]
    kinds = [(field.attname, None if isinstance(field, PLAIN) else field) for field in fields]
    return [
        field.get_db_prep_save(field.pre_save(each, True), database) if field else vars(each)[name]
        for each in objects
        for name, field in kinds
    ]


def _mark_as_saved(objects: Sequence[models.Model], ids: Sequence[int]) -> None:
    for each, pk in zip(objects, ids, strict=True):
        each.pk = pk
        each._state.adding, each._state.db = False, DEFAULT_DB_ALIAS
