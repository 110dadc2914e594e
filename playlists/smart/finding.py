"""The tracks that rules find, in one question: what the reader may hear, then the rules, then the limit."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Aggregate, Exists, OuterRef, Q, QuerySet, TextField
from django.utils import timezone

from listening.rollups import refresh
from music.models import Track
from music.querysets import TrackQuerySet
from music.whole import PRIME
from playlists.smart.fields import BY_LOT, ORDERS, Asking, condition
from playlists.smart.rules import Group, Rule, Rules

OF_LISTENING = {"plays", "last_played", "finished_share", "skipped", "never_heard"}

Ids = QuerySet[Any, Any]


def asking_for(user: Any, salt: str = "") -> Asking:
    return Asking(user, timezone.now(), salt)


def track_ids(rules: Rules, asking: Asking) -> list[int]:
    """At most `rules.limit`, in their order."""
    if rules.order == BY_LOT:
        return _drawn(rules, asking)[0]
    found: list[int] = []
    for part in _in_order(rules, asking):
        found += part[: rules.limit - len(found)]
    return found


def counted_ids(rules: Rules, asking: Asking) -> tuple[list[int], int]:
    """The same, and of how many."""
    if rules.order == BY_LOT:
        return _drawn(rules, asking)
    ids = track_ids(rules, asking)
    return ids, count(rules, asking) if len(ids) == rules.limit else len(ids)


def _drawn(rules: Rules, asking: Asking) -> tuple[list[int], int]:
    """No index knows the lots of today, so all that match are fetched, and so are counted in passing."""
    import numpy as np  # not for commands that only look at the addresses

    together = matching(rules, asking).order_by().aggregate(ids=_Together("pk"))["ids"]
    if together is None:
        return [], 0
    ids = np.fromstring(together, dtype=np.int64, sep=",")
    lots = ids * asking.factor % PRIME
    first = np.argsort(-lots if rules.descending else lots)[: rules.limit]
    return ids[first].tolist(), len(ids)


class _Together(Aggregate):
    """Every value in one text, between commas: a row for each would take longer than finding them."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s::text, ',')", **context)


def _in_order(rules: Rules, asking: Asking) -> list[Ids]:
    """What has a place in the order and what has none apart: then an index, or the reader's own rows, can give it."""
    order, found, down = ORDERS[rules.order], matching(rules, asking), rules.descending
    if order.rows:
        rows = order.rows(asking)
        # Not IN: SQLite would make a list of all that are found first.
        placed = _ordered(rows.filter(Exists(found.filter(pk=OuterRef("track_id")))), order.key, "track_id", down)
        others = _ordered(found.exclude(pk__in=rows.values("track_id")), "pk", "pk", down)
    elif order.has_gaps:
        placed = _ordered(found.filter(**{f"{order.key}__isnull": False}), order.key, "pk", down)
        others = _ordered(found.filter(**{f"{order.key}__isnull": True}), "pk", "pk", down)
    else:
        return [_ordered(found, order.key, "pk", down)]
    return [placed, others] if down or order.has_gaps else [others, placed]


def _ordered(rows: QuerySet[Any], key: str, track: str, descending: bool) -> Ids:
    sign = "-" if descending else ""
    return rows.order_by(sign + key, sign + track).values_list(track, flat=True)


def count(rules: Rules, asking: Asking) -> int:
    """Of all that match, before the limit."""
    return matching(rules, asking).count()


def matching(rules: Rules, asking: Asking) -> TrackQuerySet:
    return Track.objects.visible_to(asking.user).filter(_condition(rules.group, asking))


def is_up_to_date(rules: Rules, user: Any) -> bool:
    """Whether all that the user heard is in the sums that the rules ask, which follow as far as a page may wait."""
    asked = {rule.field.name for rule in each_rule(rules.group)} | {rules.order}
    return not asked & OF_LISTENING or refresh(user.pk, user.profile.time_zone)


def each_rule(group: Group) -> list[Rule]:
    found = [[each] if isinstance(each, Rule) else each_rule(each) for each in group.rules]
    return [rule for rules in found for rule in rules]


def _condition(each: Rule | Group, asking: Asking) -> Q:
    if isinstance(each, Rule):
        return condition(each.field, asking, each.operator, each.value)
    parts = [_condition(part, asking) for part in each.rules]
    return reduce(or_ if each.match == "any" else and_, parts)
