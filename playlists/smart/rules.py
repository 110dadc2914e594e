"""The rules of a smart playlist, as JSON that one can read, write and send to somebody:

{"match": "all", "rules": [
    {"field": "genre", "operator": "is", "value": "Jazz"},
    {"match": "any", "rules": [
        {"field": "plays", "operator": "less_than", "value": 3},
        {"field": "last_played", "operator": "not_in_last_days", "value": 90}]}],
 "order": "random", "descending": false, "limit": 50}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from music.models import Track
from playlists.smart.fields import FIELDS, KINDS, ORDERS, Field

DEEPEST = 3
MOST_RULES = 50
MOST_TRACKS = 1000
USUAL_TRACKS = 100
LONGEST_TEXT = 200
MOST_DAYS = 36_500
LARGEST_ID = 2**63 - 1
MATCHES = ("all", "any")
YEARS = range(1900, 3000)


class Refused(ValueError):
    """`errors`: what is wrong in words, by where: "" is the whole, "0.2" the third rule of the first group."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class Rule:
    field: Field
    operator: str
    value: Any


@dataclass(frozen=True)
class Group:
    match: str
    rules: tuple[Rule | Group, ...]


@dataclass(frozen=True)
class Rules:
    group: Group
    order: str
    descending: bool
    limit: int


def parse(document: Any) -> Rules:
    """Whatever it is. What nobody asked for in it is not looked at. Raises Refused."""
    reader = _Reader()
    group = reader.group(document, "", 1)
    said = document if isinstance(document, dict) else {}
    rules = Rules(
        group, reader.order(said), reader.flag(said.get("descending", False), "descending"), reader.limit(said)
    )
    if reader.count > MOST_RULES:
        reader.errors[""] = _("Use at most %d rules.") % MOST_RULES
    if reader.errors:
        raise Refused(reader.errors)
    return rules


def as_document(rules: Rules) -> dict[str, Any]:
    """What `parse` makes the same rules of."""
    return {
        **_group_document(rules.group),
        "order": rules.order,
        "descending": rules.descending,
        "limit": rules.limit,
    }


def _group_document(group: Group) -> dict[str, Any]:
    return {"match": group.match, "rules": [_document(each) for each in group.rules]}


def _document(each: Rule | Group) -> dict[str, Any]:
    if isinstance(each, Group):
        return _group_document(each)
    value = each.value.isoformat() if isinstance(each.value, date) else each.value
    return {"field": each.field.name, "operator": each.operator, "value": value}


class _Bad(ValueError):
    """`str()` is for the person who wrote the rule."""


class _Reader:
    def __init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.count = 0

    def group(self, said: Any, at: str, depth: int) -> Group:
        rules = said.get("rules") if isinstance(said, dict) else None
        match = said.get("match", "all") if isinstance(said, dict) else "all"
        if not isinstance(rules, list):
            self.errors[at] = _("A group of rules looks like {“match”: “all”, “rules”: […]}.")
        elif match not in MATCHES:
            self.errors[at] = _("Say whether all or any of the rules must be true.")
        elif not rules:
            self.errors[at] = _("Add a rule.")
        elif len(rules) > MOST_RULES:
            self.errors[at] = _("Use at most %d rules.") % MOST_RULES
        else:
            inside = (self._one(each, f"{at}.{place}".lstrip("."), depth) for place, each in enumerate(rules))
            return Group(match, tuple(each for each in inside if each))
        return Group("all", ())

    def _one(self, said: Any, at: str, depth: int) -> Rule | Group | None:
        self.count += 1
        if self.count > MOST_RULES:
            return None
        if not (isinstance(said, dict) and "rules" in said):
            return self._rule(said if isinstance(said, dict) else {}, at)
        if depth == DEEPEST:
            self.errors[at] = _("Groups can be no more than %d deep.") % DEEPEST
            return None
        return self.group(said, at, depth + 1)

    def _rule(self, said: dict[str, Any], at: str) -> Rule | None:
        name, operator = said.get("field"), said.get("operator")
        field = FIELDS.get(name) if isinstance(name, str) else None
        if field is None:
            self.errors[at] = _("Choose what the rule is about.")
        elif operator not in field.operators:
            self.errors[at] = _("Choose how to compare it.")
        else:
            try:
                return Rule(field, operator, _value(field, operator, said.get("value")))
            except _Bad as flaw:
                self.errors[at] = str(flaw)
        return None

    def order(self, said: dict[str, Any]) -> str:
        order = said.get("order", "random")
        if isinstance(order, str) and order in ORDERS:
            return order
        self.errors["order"] = _("Choose an order of the list.")
        return "random"

    def flag(self, said: Any, at: str) -> bool:
        try:
            return _flag(said)
        except _Bad as flaw:
            self.errors[at] = str(flaw)
            return False

    def limit(self, said: dict[str, Any]) -> int:
        try:
            return _whole(said.get("limit", USUAL_TRACKS), 1, MOST_TRACKS)
        except _Bad as flaw:
            self.errors["limit"] = str(flaw)
            return USUAL_TRACKS


def _value(field: Field, operator: str, said: Any) -> Any:
    if operator == "between":
        if not isinstance(said, list | tuple) or len(said) != 2:
            raise _Bad(_("Give two numbers."))
        low, high = (_whole(each, field.least, field.most) for each in said)
        return [min(low, high), max(low, high)]
    if operator in ("in_last_days", "not_in_last_days"):
        return _whole(said, 1, MOST_DAYS)
    return _VALUES[field.kind](field, said)


def _whole(said: Any, least: int, most: int) -> int:
    """As a number or in digits."""
    if isinstance(said, str) and re.fullmatch(r"[0-9]{1,19}", said.strip()):
        said = int(said)
    if type(said) is int and least <= said <= most:
        return said
    raise _Bad(_("Give a whole number from %(least)d to %(most)d.") % {"least": least, "most": most})


def _flag(said: Any) -> bool:
    known: dict[Any, bool] = {"true": True, "false": False, True: True, False: False}
    if isinstance(said, str | bool) and said in known:
        return known[said]
    raise _Bad(_("Choose yes or no."))


def _text(_field: Field, said: Any) -> str:
    if not isinstance(said, str) or not said.strip():
        raise _Bad(_("Write what to look for."))
    # What no database stores is in no title.
    text = said.strip().encode("utf-8", "replace").decode()
    if "\0" in text or len(text) > LONGEST_TEXT:
        raise _Bad(_("Write at most %d letters.") % LONGEST_TEXT)
    return text


def _day(_field: Field, said: Any) -> date:
    try:
        day = date.fromisoformat(said)
    except (TypeError, ValueError):
        day = None
    if day is None or day.year not in YEARS:
        raise _Bad(_("Give a day, such as 2026-03-14."))
    return day


def _format(_field: Field, said: Any) -> str:
    if isinstance(said, str) and said in Track.Format.values:
        return said
    raise _Bad(_("Choose one of the formats."))


_VALUES: dict[str, Any] = {
    "text": _text,
    "person": _text,
    "number": lambda field, said: _whole(said, field.least, field.most),
    "chance": lambda field, said: _whole(said, field.least, field.most),
    "date": _day,
    "flag": lambda _field, said: _flag(said),
    "format": _format,
    "playlist": lambda _field, said: _whole(said, 1, LARGEST_ID),
}
assert _VALUES.keys() == KINDS.keys()  # noqa: S101 a kind that nobody can read
