"""What every report asks of the application's database, in SQL: the ORM takes longer to write it than it takes."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from listening.listen import Listen, TrackSums
from listening.models import FirstHeard, LeftOut, ListenRow, PendingEvent, PrivateSession, Rollup, RollupState, StaleDay

Span = tuple[date, date]
# (level, first begin, last begin)
Part = tuple[str, date, date]
FIELDS = tuple(field.name for field in fields(Listen))
COLUMNS = (*FIELDS, "heard")
# What an event, or another record of the same listen, may change: see listening.rules.
CHANGING = ("played_ms", "ended", "left_at", "completed", "completed_at", "counted", "skipped", "heard")
LISTENS, PENDING_EVENTS, PRIVATE_SESSIONS, STALE_DAYS, STATES, ROLLUPS, FIRST_HEARD, LEFT_OUT = (
    model._meta.db_table
    for model in (ListenRow, PendingEvent, PrivateSession, StaleDay, RollupState, Rollup, FirstHeard, LeftOut)
)
INSERT = f"INSERT INTO {LISTENS} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "  # noqa: S608
UPDATE = f"UPDATE {LISTENS} SET {', '.join(f'{name} = %s' for name in CHANGING)} WHERE event_id = %s"  # noqa: S608
SELECT = f"SELECT {', '.join(FIELDS)} FROM {LISTENS} WHERE event_id = %s AND user_id = %s"  # noqa: S608
# Of ids that may have 63 bits: those of what is not in the catalogue.
OF_TRACKS = f"SUM(track_id %% {2**31 - 1})"
OF_TASTE = f"FROM {LISTENS} WHERE user_id = %s AND completed_at IS NOT NULL AND NOT is_left_out"
# How far it went. As one number with the smaller of two, SQLite and PostgreSQL would each have a word of their own.
SHARE = (
    "CASE WHEN completed OR played_ms >= duration_ms AND duration_ms > 0 THEN 1.0 "
    "WHEN duration_ms > 0 THEN CAST(played_ms AS DOUBLE PRECISION) / duration_ms ELSE 0.0 END"
)
AT_ONCE = 5000


def insert(listen: Listen) -> bool:
    """Whether it was not there yet."""
    return _execute(INSERT + "ON CONFLICT DO NOTHING", [_packed(getattr(listen, name)) for name in COLUMNS]) == 1


def update(listen: Listen) -> None:
    _execute(UPDATE, [*(_packed(getattr(listen, name)) for name in CHANGING), listen.event_id])


def to_change(user_id: int, event_id: str) -> Listen | None:
    """One listen of theirs that nobody else changes before the transaction is over."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    for row in _rows(SELECT + lock, [event_id, user_id]):
        return _listen(row)
    return None


def mark(user_id: int, days: Sequence[date], marked_at: datetime) -> None:
    """Anew where they are marked already."""
    upsert = (
        f"INSERT INTO {STALE_DAYS} (user_id, day, marked_at) VALUES {', '.join(['(%s, %s, %s)'] * len(days))} "  # noqa: S608
        "ON CONFLICT (user_id, day) DO UPDATE SET marked_at = excluded.marked_at"
    )
    moment = _packed(marked_at)
    _execute(upsert, [value for day in days for value in (user_id, connection.ops.adapt_datefield_value(day), moment)])


def has_pending(user_id: int) -> bool:
    return bool(_rows(f"SELECT 1 FROM {PENDING_EVENTS} WHERE user_id = %s LIMIT 1", [user_id]))  # noqa: S608


def was_private(user_id: int, moments: Sequence[datetime]) -> bool:
    lasted = " OR (began_at <= %s AND ended_at > %s)" * len(moments)
    sql = f"SELECT 1 FROM {PRIVATE_SESSIONS} WHERE user_id = %s AND (ended_at IS NULL{lasted}) LIMIT 1"  # noqa: S608
    return bool(_rows(sql, [user_id, *(_packed(moment) for moment in moments for _ in range(2))]))


def private_since(user_id: int, since: datetime) -> list[tuple[datetime, datetime | None]]:
    """When sessions began and ended: those that last, and those that began later than that."""
    sql = (
        f"SELECT began_at, ended_at FROM {PRIVATE_SESSIONS} "  # noqa: S608
        "WHERE user_id = %s AND (ended_at IS NULL OR began_at > %s)"
    )
    return [(_aware(began_at), _aware(ended_at)) for began_at, ended_at in _rows(sql, [user_id, _packed(since)])]


def state(user_id: int) -> tuple[str, bool, bool] | None:
    """The zone that figures are kept for, whether they are outdated, and whether days of them are."""
    is_stale = f"EXISTS (SELECT 1 FROM {STALE_DAYS} WHERE user_id = %s)"  # noqa: S608
    sql = f"SELECT zone, is_outdated, {is_stale} FROM {STATES} WHERE user_id = %s"  # noqa: S608
    for zone, is_outdated, has_stale_days in _rows(sql, [user_id, user_id]):
        return zone, bool(is_outdated), bool(has_stale_days)
    return None


def days(user_id: int, since: date, until: date) -> list[tuple[date, int, int]]:
    """Listens and milliseconds of those with a sum of their own, the earliest first."""
    found = _in_order("listens, played_ms", user_id, Rollup.Level.DAY, since, until)
    return [(date.fromisoformat(day), listens, played_ms) for day, listens, played_ms in found]


def days_heard(user_id: int) -> list[str]:
    """Those on which something was listened to as in ISO 8601, the earliest first."""
    sql = (
        f"SELECT CAST(begin AS TEXT) FROM {ROLLUPS} "  # noqa: S608
        "WHERE user_id = %s AND level = %s AND listens > 0 ORDER BY begin"
    )
    return [day for (day,) in _rows(sql, [user_id, Rollup.Level.DAY.value])]


def months(user_id: int, since: date, until: date, dimension: str) -> list[tuple[date, Any]]:
    """Columns as they are kept, of those that begin then, the earliest first."""
    found = _in_order(dimension, user_id, Rollup.Level.MONTH, since, until)
    return [(date.fromisoformat(begin), kept) for begin, kept in found]


def _in_order(columns: str, user_id: int, level: str, since: date, until: date) -> list[tuple[Any, ...]]:
    """When each begins as text: what SQLite has for dates took most of the time, and a long history has thousands."""
    sql = (
        f"SELECT CAST(begin AS TEXT), {columns} FROM {ROLLUPS} "  # noqa: S608
        "WHERE user_id = %s AND level = %s AND begin BETWEEN %s AND %s ORDER BY begin"
    )
    return _rows(sql, [user_id, str(level), *map(connection.ops.adapt_datefield_value, (since, until))])


def discoveries(user_id: int, spans: Sequence[Span]) -> list[int]:
    """How many tracks were heard first on one of the days, of each stretch."""
    one = f"(SELECT COUNT(*) FROM {FIRST_HEARD} WHERE user_id = %s AND day BETWEEN %s AND %s)"  # noqa: S608
    packed = connection.ops.adapt_datefield_value
    asked = [value for span in spans for value in (user_id, *map(packed, span))]
    return list(_rows(f"SELECT {', '.join([one] * len(spans))}", asked)[0])


def edges(user_id: int) -> tuple[date | None, date | None, date | None]:
    """The first and the last day with a sum of its own, and where the past that is summed up as one ends."""
    one = f"(SELECT CAST({{}}(begin) AS TEXT) FROM {ROLLUPS} WHERE user_id = %s AND level = %s)"  # noqa: S608
    sql = f"SELECT {one.format('MIN')}, {one.format('MAX')}, {one.format('MIN')}"
    levels = Rollup.Level.DAY.value, Rollup.Level.DAY.value, Rollup.Level.PAST.value
    first, last, latest = _rows(sql, [value for level in levels for value in (user_id, level)])[0]
    return _day(first), _day(last), _day(latest)


def sums(user_id: int, stretches: Sequence[Sequence[Part]], names: Sequence[str]) -> list[list[tuple[Any, ...]]]:
    """Of the parts of each stretch: totals, or columns as they are kept. All in one question."""
    packed = connection.ops.adapt_datefield_value
    asked = [
        (at, user_id, str(level), packed(first), packed(last))
        for at, parts in enumerate(stretches)
        for level, first, last in parts
    ]
    found: list[list[tuple[Any, ...]]] = [[] for _stretch in stretches]
    for at, *row in _of_each(names, asked):
        found[at].append(tuple(row))
    return found


def states_of_heard(user_id: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The first is another one after any change of what `heard` says, in a fraction of its time; the second
    also after something was skipped or finished once more."""
    skipped = f"FROM {LISTENS} WHERE user_id = %s AND skipped AND NOT is_left_out"
    others = (f"SELECT COUNT(*) {skipped}", f"SELECT {OF_TRACKS} {skipped}", f"SELECT MAX(completed_at) {OF_TASTE}")
    columns = f"COUNT(*), {OF_TRACKS}, {', '.join(f'({each})' for each in others)}"
    [row] = _rows(f"SELECT {columns} FROM {LISTENS} WHERE user_id = %s AND heard", [user_id] * 4)  # noqa: S608
    return row[:2], row


def heard(user_id: int) -> set[int]:
    sql = f"SELECT DISTINCT track_id FROM {LISTENS} WHERE user_id = %s AND heard"  # noqa: S608
    return {track_id for (track_id,) in _rows(sql, [user_id])}


def state_of_completed(user_id: int) -> tuple[Any, ...]:
    """Another one after any change of what `completed` says, in a fraction of its time."""
    return _rows(f"SELECT COUNT(*), {OF_TRACKS}, CAST(MAX(completed_at) AS TEXT) {OF_TASTE}", [user_id])[0]


def completed(user_id: int, since: datetime | None) -> list[tuple[int, str]]:
    """Track and genres in JSON of each listen that counts for the taste, the latest first."""
    later = " AND completed_at > %s" if since else ""
    sql = f"SELECT track_id, CAST(genres AS TEXT) {OF_TASTE}{later} ORDER BY completed_at DESC"
    return _rows(sql, [user_id, *([_packed(since)] if since else [])])


def left_out(user_id: int) -> list[tuple[str, int]]:
    """Kind and id of what they left out of their taste."""
    return _rows(f"SELECT kind, target_id FROM {LEFT_OUT} WHERE user_id = %s", [user_id])  # noqa: S608


def tastes(
    suggested: Collection[str], user_id: int | None, since: datetime | None, until: datetime | None
) -> Iterator[TrackSums]:
    """By user and track."""
    asked = {"user_id =": user_id, "started_at >=": since, "started_at <": until}
    limits = {condition: _packed(value) for condition, value in asked.items() if value is not None}
    ours = " OR ".join(["source = %s OR source LIKE %s"] * len(suggested)) or "1 = 0"
    sql = (
        "SELECT user_id, track_id, COUNT(*), COUNT(*) FILTER (WHERE completed), "  # noqa: S608
        f"SUM({SHARE}), COUNT(*) FILTER (WHERE skipped), COUNT(*) FILTER (WHERE {ours}), MAX(started_at) "
        f"FROM {LISTENS} WHERE NOT is_left_out AND track_id > 0{''.join(f' AND {each} %s' for each in limits)} "
        "GROUP BY user_id, track_id ORDER BY user_id, track_id"
    )
    values = [*(value for name in suggested for value in (name, f"{name}:%")), *limits.values()]
    for row in _in_parts(sql, values):
        yield TrackSums._make((*row[:-1], _moment(row[-1])))


def states_of_days(user_id: int, spans: Sequence[Span]) -> list[tuple[Any, ...]]:
    """Of each stretch another one after any of its sums has changed: a row is never written over, no id used twice."""
    packed, day = connection.ops.adapt_datefield_value, Rollup.Level.DAY.value
    asked = [(at, user_id, day, *map(packed, span)) for at, span in enumerate(spans)]
    names = ["COUNT(*)", "MAX(id)", "SUM(id)", "SUM(listens)", "SUM(played_ms)"]
    return [tuple(state) for _at, *state in sorted(_of_each(names, asked))]


def _of_each(names: Sequence[str], asked: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """`asked`: what the rows are to begin with, user, level, first and last begin."""
    if not asked:
        return []
    one = (
        f"SELECT CAST(%s AS INTEGER), {', '.join(names)} FROM {ROLLUPS} "  # noqa: S608
        "WHERE user_id = %s AND level = %s AND begin BETWEEN %s AND %s"
    )
    return _rows(" UNION ALL ".join([one] * len(asked)), [value for each in asked for value in each])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _listen(row: Iterable[Any]) -> Listen:
    known = dict(zip(FIELDS, row, strict=True))
    moments = {name: _aware(known[name]) for name in ("started_at", "left_at", "completed_at")}
    return Listen(**{**known, **moments, "genres": tuple(json.loads(known["genres"]))})


def _packed(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return json.dumps(value) if isinstance(value, tuple) else value


def _moment(found: Any) -> datetime:
    """SQLite knows no longer that what it has chosen from times is one."""
    moment: datetime = _aware(datetime.fromisoformat(found) if isinstance(found, str) else found)
    return moment


def _aware(moment: Any) -> Any:
    """SQLite keeps times without a zone."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _execute(sql: str, parameters: Sequence[Any]) -> int:
    """How many rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _in_parts(sql: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while part := cursor.fetchmany(AT_ONCE):
            yield from part
