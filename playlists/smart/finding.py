"""The tracks that rules find, in one question: what the reader may hear, then the rules, then the limit."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Count, F, Q, Window
from django.utils import timezone

from listening.rollups import refresh
from music.models import Track
from music.querysets import TrackQuerySet
from playlists.smart.fields import ORDERS, Asking, condition
from playlists.smart.rules import Group, Rule, Rules

WITH_GAPS = {"album", "year", "last_played"}  # orders that some tracks have no place in: those come last
OF_LISTENING = {"plays", "last_played", "finished_share", "skipped", "never_heard"}


def asking_for(user: Any, salt: str = "") -> Asking:
    return Asking(user, timezone.now(), salt)


def track_ids(rules: Rules, asking: Asking) -> list[int]:
    """At most `rules.limit`, in their order."""
    return list(_ordered(rules, asking).values_list("pk", flat=True)[: rules.limit])


def counted_ids(rules: Rules, asking: Asking) -> tuple[list[int], int]:
    """The same, and of how many."""
    if rules.order != "random":
        return track_ids(rules, asking), count(rules, asking)
    # No index has this order: all that match are read for it, and may as well be counted in passing.
    counted = _ordered(rules, asking).annotate(among=Window(Count("*"))).values_list("pk", "among")
    rows = list(counted[: rules.limit])
    return [pk for pk, _among in rows], rows[0][1] if rows else 0


def _ordered(rules: Rules, asking: Asking) -> TrackQuerySet:
    descending = rules.descending
    by = ORDERS[rules.order][1](asking)
    # PostgreSQL reads an index backwards only where nothing is said of what no row lacks.
    last = True if rules.order in WITH_GAPS else None
    key = F("sort_by").desc(nulls_last=last) if descending else F("sort_by").asc(nulls_last=last)
    return matching(rules, asking).annotate(sort_by=by).order_by(key, "-pk" if descending else "pk")


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
