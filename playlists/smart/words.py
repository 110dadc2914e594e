"""Rules as sentences."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from playlists.models import Playlist
from playlists.smart.fields import OPERATORS
from playlists.smart.finding import each_rule
from playlists.smart.rules import Group, Rule


class Said(NamedTuple):
    """Of a group: each of `rules` a sentence or a group within it."""

    match: str
    rules: list[Any]


def in_words(group: Group, user: Any) -> Said:
    return _said(group, playlists_in_words(each_rule(group), user))


def playlists_in_words(rules: Iterable[Rule], user: Any) -> dict[int, str]:
    """Of each that the rules ask about, by its id, its name if the user sees it."""
    asked = {rule.value for rule in rules if rule.field.kind == "playlist"}
    names = dict(Playlist.objects.visible_to(user).filter(pk__in=asked).values_list("pk", "name")) if asked else {}
    return {pk: _("“%s”") % names[pk] if pk in names else _("one that you do not see") for pk in asked}


def _said(group: Group, names: dict[int, str]) -> Said:
    rules = [_sentence(each, names) if isinstance(each, Rule) else _said(each, names) for each in group.rules]
    return Said(group.match, rules)


def _sentence(rule: Rule, names: dict[int, str]) -> str:
    said = {"field": rule.field.label, "operator": OPERATORS[rule.operator], "value": _value(rule, names)}
    if rule.field.unit and "days" not in rule.operator:
        return _("%(field)s %(operator)s %(value)s %(unit)s") % {**said, "unit": rule.field.unit}
    return _("%(field)s %(operator)s %(value)s") % said


def _value(rule: Rule, names: dict[int, str]) -> str:
    value = rule.value
    if rule.field.kind == "playlist":
        return names[value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _("%(low)d and %(high)d") % {"low": value[0], "high": value[1]}
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)
