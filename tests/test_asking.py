"""What is asked for beyond what a page has, at every address: it changes nothing and leads nowhere else."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import transaction
from django.http import HttpRequest, QueryDict

from conftest import PASSWORD
from music.tests.catalogue import add_track
from playlists.tests.cast import playlist_of
from tests.test_access import ABSENT, NO_UUID, address, changed, everything
from tests.test_access import TABLE as OBJECTS
from tests.test_roles import TABLE as ADDRESSES
from tests.test_roles import routes
from tests.test_tampering import posts
from tests.whose import OPEN, VISITOR, World, make_world

NO_NAMES = (
    "user__password__startswith=m&uploader__password__startswith=m&owner__email__contains=e&id__gt=0&pk=1&o=-1&p=9"
    "&order=-owner__email&order_by=-uploader__password&where=1=1&limit=-1&size=99999999&page=-1&page_size=99999999"
    "&per_page=0&offset=-5&fields=password"
)
GARBAGE = ("\0", "9" * 30, "x" * 10_000, "-user__password")
ELSEWHERE = (
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "https:elsewhere.example",
    "\\\\elsewhere.example/",
    "/\\elsewhere.example/",
    "javascript:alert('elsewhere.example')",
)
HERE = "/tracks/?sort=title"
MOST_ROWS = 50
REFUSED = {401, 403, 404, 405, 412}
# What can be said where no object is in the address, so that others' can only be in what is sent. {} is another's.
BY_NUMBER = {"track": ["private track", "trashed track"]}
BY_NUMBER |= {
    "album": ["private album"],
    "artist": ["private artist"],
    "playlist": ["private playlist", "link playlist"],
}
OF_OTHERS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "tracks/edit/": [("track", {"track": "{}", "year": "1999"})],
    "tracks/undo-trash/": [],  # what the session remembers
    "tracks/<int:pk>/edit/": [],  # names alone
    "history/delete/<int:pk>/undo/": [],  # filters of the page that it leads back to
    "uploads/change/": [("track", {"track": "{}", "action": act}) for act in ("edit", "trash", "private", "public")],
    "uploads/trash/change/": [("track", {"track": "{}", "action": act}) for act in ("restore", "delete")],
    "uploads/trash/delete/": [("track", {"track": "{}"})],
    "upload/review/": [
        ("upload", {"chosen": "{}", "row": "{}", "action": act, "all-year": "1999"})
        for act in ("publish", "edit", "discard", "keep_old", "keep_both", "publish:{}", "discard:{}", "keep_both:{}")
    ],
    "playlists/add/": [
        ("track", {"tracks": "{}", "name": "New"}),
        ("track", {"track": "{}"}),
        ("album", {"album": "{}", "name": "New"}),
        ("playlist", {"tracks": "{mine}", "playlist": "{}"}),
    ],
    "playlists/new/": [("folder", {"name": "New", "visibility": "private", "folder": "{}"})],
    "playlists/<int:pk>/edit/": [("folder", {"name": "New", "visibility": "private", "folder": "{}"})],
    "playlists/<int:pk>/items/": [("item", {name: "{}"}) for name in ("remove", "up", "down")],
    "playlists/<int:pk>/items/move/": [
        ("item", {"item": "{}"}),
        ("item", {"item": "{my item}", "after": "{}"}),
        ("item", {"item": "{my item}", "before": "{}"}),
    ],
    "playlists/<int:pk>/items/put-back/": [("item", {"item": "{}"})],
    "stars/": [(kind, {kind: "{}", "star": "1"}) for kind in ("track", "album", "artist")],
    "ratings/": [(kind, {kind: "{}", "rating": "4"}) for kind in ("track", "album", "artist")],
    "taste/correct/": [(kind, {"say": f"{kind}:{{}}:0"}) for kind in ("track", "artist")],
    "taste/undo/": [(kind, {"say": f"{kind}:{{}}:0"}) for kind in ("track", "artist")],
    "history/delete/": [("listen", {"event": "{}"})],
    "history/leave-out/": [("listen", {"event": "{}"})],
    "listens/start/": [("track", {"event_id": "11111111-1111-4111-8111-111111111111", "track_id": "{}"})],
    # As JSON:
    "queue/": [("track", {"track_ids": ["{}"], "position": 0, "position_ms": 0, "repeat": "off", "origin": {}})],
    "taste/tracks/": [("track", {"say": "track:{mine}:0", "track_ids": ["{}"]})],
    "radio/<str:kind>/<str:key>/more/": [("track", {"had": ["{}"]})],
    "playlists/smart/<int:pk>/more/": [("track", {"had": ["{}"]})],
    "playlists/smart/shared/<str:secret>/more/": [("track", {"had": ["{}"]})],
}
NAMING = {"track", "tracks", "album", "artist", "playlist", "folder", "item", "row", "chosen", "event", "say", "{}"}
# It signs out; it asks the browser for a passkey, and the owner has none that is real; the admin has its own tests.
APART = {"accounts/logout/", "accounts/2fa/webauthn/add/", "accounts/2fa/webauthn/reauthenticate/", "admin/"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def addresses(world: World) -> dict[str, str]:
    """Each route of the resolver with what is the owner's, or with what nobody has."""
    numbers = {name: world.things[f"public {name}"]["pk"] for name in ("track", "album", "artist", "playlist")}
    numbers["smart"] = world.things["public rules"]["pk"]
    found = {}
    for route in routes() - APART:
        if route in OBJECTS:
            row = OBJECTS[route][0]
            thing = next((each for each, roles in row.opens.items() if "owner" in roles), next(iter(row.opens)))
            found[route] = address(route, {**row.named, **world.things[thing]})
        else:
            found[route] = ADDRESSES[route][0].format(**numbers, uuid=NO_UUID, cover="c" * 32)
    return found


@contextmanager
def names_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Which names of a query or a form are looked at; "{}" when the body is read as it is."""
    seen: set[str] = set()

    def noting(name: str) -> Any:
        plain = getattr(QueryDict, name)

        def noted(self: Any, key: str, *more: Any, **other: Any) -> Any:
            seen.add(str(key))
            return plain(self, key, *more, **other)

        return noted

    body: Any = HttpRequest.body
    with monkeypatch.context() as patch:
        for name in ("get", "getlist", "__getitem__", "__contains__"):
            patch.setattr(QueryDict, name, noting(name), raising=False)
        patch.setattr(HttpRequest, "body", property(lambda request: (seen.add("{}"), body.fget(request))[1]))
        yield seen


def with_query(path: str, **said: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{urlencode(said)}"


def rows(response: Any) -> list[str]:
    """The tracks of its list, or the things and people that it leads to, in their order."""
    told = text(response)
    tracks = re.findall(r'<li data-track(?:.|\n)*?data-track-id="(\d+)"', told)
    return tracks or re.findall(r'<a href="(/(?:tracks|albums|artists|playlists|people|genres)/[\w-]+/)', told)


def text(response: Any) -> str:
    return "" if response.streaming else response.content.decode(errors="replace")


def test_filters_sorts_and_sizes_that_no_page_has_change_nothing_and_nonsense_in_those_it_has_breaks_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, wrong, known = world.clients["owner"], [], 0
    for number in range(MOST_ROWS + 5):
        add_track(world.people["owner"], f"{number}", artist=f"{number}", album=f"{number}", genres=[f"{OPEN} genre"])
    for path in addresses(world).values():
        with names_read(monkeypatch) as read:
            plain = client.get(path, follow=True)
        if plain.status_code in REFUSED:
            continue
        other = client.get(f"{path}{'&' if '?' in path else '?'}{NO_NAMES}", follow=True)
        if other.status_code != plain.status_code or rows(other) != rows(plain):
            wrong.append(f"{path}: {other.status_code}, not {plain.status_code}; {len(rows(other))} rows")
        names = read | set(re.findall(rf'href="(?:{re.escape(path)})?\?([\w-]+)=', text(plain)))
        known += len(names)
        for name, value in product(sorted(names), GARBAGE):
            response = client.get(with_query(path, **{name: value}))
            if broken(response) or len(rows(response)) > max(MOST_ROWS, len(rows(plain))):
                wrong.append(f"{path} {name}={value[:20]!r}: {response.status_code}, {len(rows(response))} rows")
    assert not wrong, "\n".join(wrong)
    assert known > 60


def broken(response: Any) -> bool:
    """501: oEmbed's own word for a format that is not there."""
    return bool(response.status_code >= 500 and response.status_code != 501)


def test_no_redirect_and_no_link_leads_elsewhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever name of a page or form an address is given under, and whatever page it says one came from."""
    wrong, heeding = [], 0
    fields = {path: sent for path, sent, content_type in posts(world) if not content_type}
    for role, verb in (("owner", "post"), ("owner", "get"), (VISITOR, "get"), (VISITOR, "post")):
        for path in addresses(world).values():
            sent = fields.get(path, {}) if verb == "post" else {}
            with names_read(monkeypatch) as read:
                plain = asked(world, role, verb, path, sent, HERE)
            if plain.status_code in REFUSED or not (read or verb == "post"):
                continue
            names = {"next", *read} - sent.keys() - {"{}"}
            tried = asked(world, role, verb, path, sent | dict.fromkeys(names, HERE), HERE)
            if HERE not in tried.get("Location", "") and f'"{HERE}"' not in text(tried):
                continue
            heeding += 1
            for there in ELSEWHERE:
                response = asked(world, role, verb, path, sent | dict.fromkeys(names, there), there)
                if leaves(response):
                    wrong.append(
                        f"{role} {verb} {path} with {there}: {response.status_code} {response.get('Location')}"
                    )
    assert not wrong, "\n".join(wrong)
    assert heeding > 15


def asked(world: World, role: str, verb: str, path: str, sent: dict[str, Any], referer: str) -> Any:
    """What it does is undone."""
    client = world.clients[role]
    cookies = dict(client.cookies)
    with transaction.atomic():
        response = getattr(client, verb)(path, sent, headers={"Referer": referer})
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)
    return response


def leaves(response: Any) -> bool:
    """By itself, or by a link or a form."""
    target = urlsplit(response.get("Location", "").replace("\\", "/"))
    is_elsewhere = (target.netloc or target.scheme) and target.netloc != "testserver"
    return bool(is_elsewhere or re.search(r'(?:href|action|src)="[^"?]*elsewhere\.example', text(response)))


@pytest.mark.parametrize("there", ELSEWHERE)
def test_signing_in_leads_nowhere_else(world: World, there: str) -> None:
    said = {"login": "stranger", "password": PASSWORD, "next": there}
    response = world.clients[VISITOR].post(with_query("/accounts/login/", next=there), said)
    assert response.status_code == 302
    assert not leaves(response)


def test_the_things_of_others_in_what_is_sent_are_as_those_that_never_were(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert naming_things(world, monkeypatch) - OF_OTHERS.keys() == set()
    stranger, wrong = world.people["stranger"], []
    playlist = playlist_of(stranger, "One", "Two")
    mine = {"mine": str(playlist.items.first().track_id), "my item": str(playlist.items.first().pk)}
    before = everything()
    for route, forms in OF_OTHERS.items():
        own = {"pk": playlist.pk, "kind": "track", "key": mine["mine"], "secret": world.things["link rules"]["secret"]}
        for kind, form in forms:
            never = answer(world, before, address(route, own), form, mine, absent_like(kind))
            for other in of_others(world, kind):
                said = answer(world, before, address(route, own), form, mine, other)
                if said != never or said[0] >= 500:
                    wrong.append(f"{route} {form} of {kind} {other}: {said[:3]} instead of {never[:3]}")
    assert not wrong, "\n".join(wrong)
    assert everything() == before


def naming_things(world: World, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The routes whose forms look at what may be the number of a thing."""
    found = set()
    for route, path in addresses(world).items():
        with names_read(monkeypatch) as read:
            response = asked(world, "owner", "post", path, {"name": ""}, HERE)
        if response.status_code != 405 and read & NAMING:
            found.add(route)
    return found


def of_others(world: World, kind: str) -> list[str]:
    if kind in BY_NUMBER:
        return [str(world.things[name]["pk"]) for name in BY_NUMBER[kind]]
    name, field = {
        "upload": ("draft upload", "pk"),
        "folder": ("folder", "pk"),
        "item": ("private playlist", "item"),
        "listen": ("listen", "event_id"),
    }[kind]
    return [str(world.things[name][field])]


def absent_like(kind: str) -> str:
    return NO_UUID if kind in ("upload", "listen") else str(ABSENT)


def answer(world: World, before: Any, path: str, form: dict[str, Any], mine: Any, other: str) -> tuple[Any, ...]:
    """Status, where it leads, what it says and of what it has changed something, without the number that was sent."""
    told = json.dumps(form)
    for name, value in {"": other, **mine}.items():
        told = told.replace(f"{{{name}}}", value)
    client = world.clients["stranger"]
    cookies = dict(client.cookies)  # with the messages for the next page
    with transaction.atomic():
        if any(isinstance(value, list) for value in form.values()):
            numbers = re.sub(r'\["(\d+)"\]', r"[\1]", told)
            response = client.post(path, numbers, content_type="application/json")
        else:
            response = client.post(path, json.loads(told))
        touched = changed(before, everything())
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)
    said = re.sub(r'nonce="[^"]*"|content="[^"]*=="|value="[^"]*"', "", text(response))
    leads_to = re.sub(r"\d+", "", response.get("Location", ""))  # a new thing's number is never given twice
    return response.status_code, leads_to, touched, said
