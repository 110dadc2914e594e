"""The form of a smart playlist: from what was posted to rules, and from rules, right or wrong, to what the page shows.

A field's name is where it stands: "r" is the whole, "r.0.1" the second rule of the first group. So it needs no script
to add, to nest and to remove.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from music.models import Track
from playlists.models import Playlist
from playlists.smart.fields import FIELDS, OPERATORS, ORDERS
from playlists.smart.finding import each_rule
from playlists.smart.rules import DEEPEST, MOST_RULES, USUAL_TRACKS, parse
from playlists.smart.words import playlists_in_words

ROOT = "r"
NAME = re.compile(rf"{ROOT}((?:\.[0-9]{{1,3}}){{0,{DEEPEST}}})\.(match|field|operator|value|to)")
ACTION = re.compile(rf"(add|group|remove):{ROOT}((?:\.[0-9]{{1,3}}){{0,{DEEPEST}}})")
FIRST = {"field": "genre", "operator": "is", "value": ""}
MOST_CHOICES = 200
# The whole and one rule more than may be saved, so that it is refused in words.
MOST_READ = MOST_RULES + 2

Path = tuple[int, ...]


@dataclass
class Line:
    """A rule, or a group with `lines`, as the page shows it."""

    name: str
    depth: int
    error: str = ""
    match: str = ""
    lines: list[Line] = field(default_factory=list)
    field: str = ""
    operator: str = ""
    value: str = ""
    to: str = ""

    @property
    def about(self) -> Any:
        return FIELDS.get(self.field)

    @property
    def operators(self) -> list[tuple[str, Any]]:
        return [(name, OPERATORS[name]) for name in self.about.operators] if self.about else []

    @property
    def widget(self) -> str:
        if "days" in self.operator:
            return "days"
        return self.about.kind if self.about else "text"

    @property
    def can_nest(self) -> bool:
        return self.depth < DEEPEST


def document_of(posted: Mapping[str, str]) -> dict[str, Any]:
    """What the form says, whether it can be asked or not; of one with far too many rules the first."""
    nodes: dict[Path, dict[str, str]] = {(): {}}
    for name, value in posted.items():
        found = NAME.fullmatch(name)
        if found and ((path := _path(found[1])) in nodes or len(nodes) < MOST_READ):
            for length in range(len(path) + 1):
                nodes.setdefault(path[:length], {})
            nodes[path][found[2]] = value
    return {
        **_node(nodes, ()),
        "order": posted.get("order", "random"),
        "descending": posted.get("descending", "false"),
        "limit": posted.get("limit", ""),
    }


def changed(document: dict[str, Any], action: str) -> dict[str, Any]:
    """With a rule or a group more, or without one. What is no such action changes nothing."""
    found = ACTION.fullmatch(action)
    if found is None:
        return document
    path = _path(found[2])
    group = _group_at(document, path if found[1] != "remove" else path[:-1])
    if group is None:
        return document
    if found[1] == "remove":
        group[:] = [each for place, each in enumerate(group) if not path or place != path[-1]]
    elif len(group) < MOST_RULES:
        group.append({**FIRST} if found[1] == "add" else {"match": "any", "rules": [{**FIRST}]})
    return document


def line_of(document: Any, errors: Mapping[str, str], path: Path = ()) -> Line:
    at = ".".join(map(str, path))
    line = Line(name=".".join([ROOT, *map(str, path)]), depth=len(path) + 1, error=errors.get(at, ""))
    if "rules" in document:
        line.match = document.get("match", "all")
        line.lines = [line_of(each, errors, (*path, place)) for place, each in enumerate(document["rules"])]
        return line
    value = document.get("value", "")
    line.field = document.get("field", "")
    line.operator = document.get("operator", "")
    line.value, line.to = map(_as_text, value if isinstance(value, list) else (value, ""))
    if line.about and line.operator not in line.about.operators:
        line.operator = line.about.operators[0]
    return line


def new_document() -> dict[str, Any]:
    return {"match": "all", "rules": [{**FIRST}], "order": "random", "descending": False, "limit": USUAL_TRACKS}


def choices_for(user: Any, saved: Any) -> dict[str, Any]:
    """What the fields offer: besides the user's playlists those in the `saved` rules, whosever they are."""
    editable = Playlist.objects.editable_by(user).order_by("name", "pk").values_list("pk", "name")[:MOST_CHOICES]
    asked = playlists_in_words(each_rule(parse(saved).group), user) if saved else {}
    return {
        "fields": [(each.name, each.label) for each in FIELDS.values()],
        "orders": [(name, order.label) for name, order in ORDERS.items()],
        "formats": Track.Format.choices,
        "playlists": [(str(pk), name) for pk, name in (asked | dict(editable)).items()],
        "yes_no": [("true", _("yes")), ("false", _("no"))],
        "matches": [("all", _("All of these")), ("any", _("Any of these"))],
        "directions": [("false", _("ascending")), ("true", _("descending"))],
    }


def _path(text: str) -> Path:
    return tuple(int(place) for place in text.split(".")[1:])


def _node(nodes: dict[Path, dict[str, str]], path: Path) -> dict[str, Any]:
    said = nodes[path]
    inside = sorted(each for each in nodes if len(each) == len(path) + 1 and each[: len(path)] == path)
    if inside or "match" in said or not path:
        return {"match": said.get("match", "all"), "rules": [_node(nodes, each) for each in inside]}
    value = said.get("value", "")
    is_pair = said.get("operator") == "between"
    return {
        "field": said.get("field", ""),
        "operator": said.get("operator", ""),
        "value": [value, said.get("to", "")] if is_pair else value,
    }


def _group_at(document: dict[str, Any], path: Path) -> list[Any] | None:
    rules: list[Any] = document["rules"]
    for place in path:
        if place >= len(rules) or "rules" not in rules[place]:
            return None
        rules = rules[place]["rules"]
    return rules


def _as_text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
