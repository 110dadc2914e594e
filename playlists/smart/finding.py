"""The tracks that rules find, in one question: what the reader may hear, then the rules, then the limit."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from listening.rollups import refresh
from music.models import Track
from music.querysets import TrackQuerySet
from playlists.smart.fields import ORDERS, Asking, condition
from playlists.smart.rules import Group, Rule, Rules

OF_LISTENING = {"plays", "last_played", "finished_share", "skipped", "never_heard"}


def asking_for(user: Any, salt: str = "") -> Asking:
    return Asking(user, timezone.now(), salt)


def track_ids(rules: Rules, asking: Asking) -> list[int]:
    """At most `rules.limit`, in their order."""
    descending = rules.descending
    by = ORDERS[rules.order][1](asking)
    key = F("sort_by").desc(nulls_last=True) if descending else F("sort_by").asc(nulls_last=True)
    ordered = matching(rules, asking).annotate(sort_by=by).order_by(key, "-pk" if descending else "pk")
    return list(ordered.values_list("pk", flat=True)[: rules.limit])


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
