"""Who may see and do what with whose: role x object x how it is shown x verb.

For whom an object is not, there is none: the answer is the same as for one that never was, to the letter, and nothing
has changed. Every address that names an object has its rows here, and a verb without a row is nobody's.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction

from conftest import media_files
from tests.test_roles import TABLE as ADDRESSES
from tests.test_roles import routes
from tests.whose import HUSHED, VISITOR, World, make_world
from users.models import UserSession

NOBODY: set[str] = set()
THEIRS = {"owner"}
HANDS = {"owner", "editor"}
FOLLOWERS = {"follower"}
LEAVES = {"editor", "invited"}
STAFF = {"moderator", "admin"}
MEMBERS = {"owner", "editor", "invited", "follower", "blocked", "stranger", "listener", *STAFF}
UNBLOCKED = MEMBERS - {"blocked"}
ANYBODY = MEMBERS | {VISITOR}

ABSENT = 987_654_321
NO_UUID = "00000000-0000-4000-8000-000000000000"
NEVER_WAS = {
    **dict.fromkeys(["pk", "editor_id", "key"], ABSENT),
    **dict.fromkeys(["upload_id", "event_id"], NO_UUID),
    **dict.fromkeys(["username", "user_name", "secret", "token", "slug"], "nobody-or-nothing-here"),
    "name": "f" * 32,
    "signed": "never:signed",
    "monday": "2020-01-06",
    "size": 320,
}
REFUSALS = {302, 401, 404, 405}


class Row(NamedTuple):
    """`opens`: for which roles, by what the address leads to. `answers`: what the others get."""

    verb: str
    opens: dict[str, set[str]]
    sent: dict[str, Any] = {}
    named: dict[str, Any] = {}
    headers: dict[str, str] = {}
    answers: int = 404


def get(opens: dict[str, set[str]], **more: Any) -> Row:
    return Row("get", opens, **more)


def post(opens: dict[str, set[str]], sent: dict[str, Any] | None = None, **more: Any) -> Row:
    return Row("post", opens, sent or {}, **more)


def tus(verb: str, opens: dict[str, set[str]]) -> Row:
    return Row(verb, opens, headers={"Tus-Resumable": "1.0.0"})


def of_catalogue(kind: str) -> dict[str, set[str]]:
    return {f"private {kind}": THEIRS, f"public {kind}": MEMBERS}


HEARD = {**of_catalogue("track"), **dict.fromkeys(["draft track", "trashed track", "taken down track"], NOBODY)}
BYTES = HEARD | {"draft track": THEIRS, "trashed track": THEIRS, "taken down track": THEIRS | STAFF}
ALBUMS, ARTISTS, GENRES = (of_catalogue(kind) for kind in ("album", "artist", "genre"))
EDITED = {"private track": THEIRS, "draft track": THEIRS, "taken down track": NOBODY}
EDITED |= dict.fromkeys(["trashed track", "public track"], THEIRS | STAFF)
PLAYLISTS = {
    "private playlist": HANDS,
    "link playlist": HANDS,
    "followers playlist": HANDS | FOLLOWERS,
    "public playlist": UNBLOCKED,
    "deleted playlist": NOBODY,
}
BY_HANDS = dict.fromkeys(PLAYLISTS, HANDS) | {"deleted playlist": NOBODY}
BY_OWNER = dict.fromkeys(PLAYLISTS, THEIRS) | {"deleted playlist": NOBODY}
BY_INVITED = dict.fromkeys(PLAYLISTS, LEAVES) | {"deleted playlist": NOBODY}
TO_SHARE = {"private playlist": THEIRS, "followers playlist": THEIRS, "public playlist": UNBLOCKED}
BY_LINK = {**dict.fromkeys(PLAYLISTS, NOBODY), "link playlist": UNBLOCKED}
RULES = {
    "private rules": THEIRS,
    "link rules": THEIRS,
    "followers rules": THEIRS | FOLLOWERS,
    "public rules": UNBLOCKED,
    "deleted rules": NOBODY,
}
OWN_RULES = dict.fromkeys(RULES, THEIRS) | {"deleted rules": NOBODY}
RULES_BY_LINK = {**dict.fromkeys(RULES, NOBODY), "link rules": UNBLOCKED}
LINKS = {"live share": ANYBODY, "revoked share": NOBODY, "expired share": NOBODY}
OWN_LINKS = dict.fromkeys(LINKS, THEIRS)
PICTURES = {f"picture of {link}": NOBODY for link in LINKS}  # of a picture that the link does not show
UPLOADS = {"arriving upload": THEIRS, "refused upload": THEIRS, "draft upload": THEIRS}
LISTENING = {"person": NOBODY | THEIRS, "person for me": NOBODY, "person for followers": FOLLOWERS}
LISTENING |= {"person for everyone": UNBLOCKED}

TABLE: dict[str, list[Row]] = {
    "discover/because/<int:pk>/": [get(HEARD)],
    "discover/weekly/<str:monday>/": [get({"week": THEIRS})],
    "radio/<str:kind>/<str:key>/": [
        *(get(of_catalogue(kind), named={"kind": kind}) for kind in ("track", "album", "artist")),
        get(PLAYLISTS, named={"kind": "playlist"}),
    ],
    "radio/<str:kind>/<str:key>/more/": [
        post(of_catalogue(kind), {"json": '{"had": []}'}, named={"kind": kind}) for kind in ("track", "album", "artist")
    ],
    "similar/tracks/<int:pk>/": [get(HEARD)],
    "similar/artists/<int:pk>/": [get(ARTISTS)],
    "tracks/<int:pk>/": [get(HEARD | {"taken down track": THEIRS | STAFF})],
    "tracks/<int:pk>/appeal/": [
        post({**dict.fromkeys(HEARD, NOBODY), "taken down track": THEIRS}, {"appeal": "It is my own."})
    ],
    "tracks/<int:pk>/playing.json": [get(HEARD)],
    "tracks/<int:pk>/waveform.svg": [get(BYTES)],
    "tracks/<int:pk>/edit/": [get(EDITED), post(EDITED, {"title": "Taken over"})],
    "tracks/<int:pk>/make-public/": [post(EDITED)],
    "tracks/<int:pk>/make-private/": [post(EDITED)],
    "tracks/<int:pk>/trash/": [post(EDITED)],
    "tracks/<int:pk>/report/": [
        get({**dict.fromkeys(HEARD, NOBODY), "public track": MEMBERS - THEIRS}),
        post({**dict.fromkeys(HEARD, NOBODY), "public track": MEMBERS - THEIRS}, {"reason": "other", "note": "x"}),
    ],
    "tracks/<int:pk>/share/": [get(HEARD), post(HEARD, {"days": "30"})],
    "tracks/<int:pk>/leave-out/": [post(HEARD)],
    "albums/<int:pk>/leave-out/": [post(ALBUMS)],
    "albums/<int:pk>/share/": [get(ALBUMS), post(ALBUMS, {"days": "30"})],
    "albums/<int:pk>/": [get(ALBUMS)],
    "artists/<int:pk>/": [get(ARTISTS)],
    "artists/<int:pk>/follow/": [post(ARTISTS)],
    "genres/<str:slug>/": [get(GENRES)],
    "offline/tracks/<int:pk>/": [get(HEARD)],
    "offline/albums/<int:pk>/": [get(ALBUMS)],
    "albums/<int:pk>/more/": [post(ALBUMS)],
    "artists/<int:pk>/more/": [post(ARTISTS)],
    "stream/<int:pk>/": [get(BYTES)],
    # Their names are made of 128 bits of their content: who knows one has seen it.
    r"^covers/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$": [get({"cover": MEMBERS})],
    r"^avatars/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$": [get({"avatar": MEMBERS})],
    "upload/<uuid:pk>/remove/": [post(UPLOADS)],
    "upload/review/<uuid:pk>/": [post({"arriving upload": NOBODY, "refused upload": NOBODY, "draft upload": THEIRS})],
    "upload/tus/<uuid:upload_id>/": [tus("head", UPLOADS), tus("delete", UPLOADS)],
    "shares/<int:pk>/revoke/": [post(OWN_LINKS)],
    "shares/<int:pk>/restore/": [post(OWN_LINKS)],
    "playlists/<int:pk>/share/": [get(TO_SHARE), post(TO_SHARE, {"days": "30"})],
    "s/<str:secret>/": [get(LINKS), post(LINKS)],
    "s/<str:secret>/embed/": [get(LINKS)],
    "shared/sounds/<str:signed>/": [get(LINKS)],
    "shared/sounds/<str:signed>/played/": [post(LINKS, {"played_ms": "1000"})],
    "shared/pictures/<str:signed>.webp": [get(PICTURES)],
    "playlists/folders/<int:pk>/rename/": [post({"folder": THEIRS}, {"name": "Taken over"})],
    "playlists/folders/<int:pk>/remove/": [post({"folder": THEIRS})],
    "playlists/folders/<int:pk>/bring-back/": [post({"folder": NOBODY, "removed folder": THEIRS})],
    "playlists/<int:pk>/editors/<int:editor_id>/restore/": [
        post({**dict.fromkeys(PLAYLISTS, NOBODY), "revoked": THEIRS, "left": NOBODY})
    ],
    "playlists/<int:pk>/missing/drop/": [post(BY_HANDS)],
    "playlists/<int:pk>/missing/wait-again/": [post(BY_HANDS)],
    "playlists/shared/<str:secret>/": [get(BY_LINK)],
    "playlists/shared/<str:secret>/more/": [post(BY_LINK)],
    "playlists/<int:pk>/": [get(PLAYLISTS)],
    "playlists/<int:pk>/more/": [post(PLAYLISTS)],
    "playlists/<int:pk>/keep/": [get(PLAYLISTS)],
    "playlists/<int:pk>/leave-out/": [post(PLAYLISTS)],
    "announcements/<int:pk>/dismiss/": [post({"announcement": MEMBERS})],
    "playlists/<int:pk>/edit/": [get(BY_OWNER), post(BY_OWNER, {"name": "Taken over", "visibility": "public"})],
    "playlists/<int:pk>/new-link/": [post(BY_OWNER)],
    "playlists/<int:pk>/delete/": [post(BY_OWNER)],
    "playlists/<int:pk>/undelete/": [post({**dict.fromkeys(PLAYLISTS, NOBODY), "deleted playlist": THEIRS})],
    "playlists/<int:pk>/items/": [post(BY_HANDS, {"remove": "{item}"})],
    "playlists/<int:pk>/items/move/": [post(BY_HANDS, {"item": "{item}"})],
    "playlists/<int:pk>/items/put-back/": [post(BY_HANDS, {"item": "{item}"})],
    "playlists/<int:pk>/sort/": [post(BY_HANDS, {"by": "title"})],
    "playlists/<int:pk>/editors/": [post(BY_OWNER, {"username": "stranger"})],
    "playlists/<int:pk>/editors/<int:editor_id>/revoke/": [post(BY_OWNER)],
    "playlists/<int:pk>/accept/": [post(BY_INVITED)],
    "playlists/<int:pk>/leave/": [post(BY_INVITED)],
    "playlists/<int:pk>/rejoin/": [post({**dict.fromkeys(PLAYLISTS, NOBODY), "private playlist": FOLLOWERS})],
    "playlists/<int:pk>/missing/": [get(BY_HANDS), post(BY_HANDS)],
    "playlists/<int:pk>/export.<str:kind>": [get(PLAYLISTS)],
    "playlists/smart/shared/<str:secret>/": [get(RULES_BY_LINK)],
    "playlists/smart/shared/<str:secret>/more/": [post(RULES_BY_LINK)],
    "playlists/smart/<int:pk>/": [get(RULES)],
    "playlists/smart/<int:pk>/more/": [post(RULES)],
    "playlists/smart/<int:pk>/edit/": [get(OWN_RULES), post(OWN_RULES, {"name": "Taken over"})],
    "playlists/smart/<int:pk>/new-link/": [post(OWN_RULES)],
    "playlists/smart/<int:pk>/delete/": [post(OWN_RULES)],
    "playlists/smart/<int:pk>/undelete/": [post({**dict.fromkeys(RULES, NOBODY), "deleted rules": THEIRS})],
    "playlists/smart/<int:pk>/export.json": [get(RULES)],
    # Another's deletion is one that is over: either is told in the history.
    "history/delete/<int:pk>/undo/": [post({"deletion": MEMBERS}, answers=302)],
    "history/import/<uuid:pk>/start/": [post({"import": THEIRS})],
    "history/import/<uuid:pk>/undo/": [post({"import": THEIRS})],
    "history/import/<uuid:pk>/remove/": [post({"import": THEIRS})],
    "settings/data/export/<uuid:pk>/": [get({"export": THEIRS})],
    "shared/reviews/<str:token>/": [get({"shared review": ANYBODY})],
    "listeners/<str:username>/": [get(LISTENING)],
    r"^1/user/(?P<user_name>[^/]+)/listens/?$": [get(LISTENING)],
    r"^1/user/(?P<user_name>[^/]+)/listen-count/?$": [get(LISTENING)],
    r"^1/user/(?P<user_name>[^/]+)/playing-now/?$": [get(LISTENING)],
    "listens/<uuid:event_id>/progress/": [post({"listen": THEIRS}, {"played_ms": 1})],
    "listens/<uuid:event_id>/complete/": [post({"listen": THEIRS}, {"played_ms": 1})],
    "settings/devices/<int:pk>/revoke/": [post({"device": THEIRS})],
    "people/<str:username>/": [get({"person": UNBLOCKED})],
    "people/<str:username>/change/": [post({"person": UNBLOCKED}, {"do": "follow"})],
    "settings/security/sessions/<int:pk>/end/": [post({"session": THEIRS})],
    "settings/invitations/<int:pk>/revoke/": [post({"invitation": THEIRS})],
    "invited/<str:token>/": [get({"invitation": ANYBODY})],
    # Who has no passkey is asked for the password first, whatever the number.
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": [
        get({"passkey": THEIRS}, answers=302),
        post({"passkey": THEIRS}, {"name": "x"}, answers=302),
    ],
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": [
        get({"passkey": THEIRS}, answers=302),
        post({"passkey": THEIRS}, answers=302),
    ],
}

# What their arguments name is no object of anybody's.
OF_NOBODY = {
    "discover/mix/<int:number>/",
    "playlists/starred/<str:shelf>/",
    "numbers/<str:what>/",
    "numbers/<str:what>.csv",
    "review/<str:said>/",
    "review/<str:said>/share/",
    "review/<str:said>/<str:shape>.png",
    "covers/<str:seed>.svg",
    "words/<str:language>/<str:version>.js",
    "settings/services/lastfm/allowed/<str:state>/",
    "settings/services/<str:service>/state/",
    "settings/services/<str:service>/disconnect/",
    "settings/services/<str:service>/dismiss/",
    # allauth's own, by the key that it has mailed.
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$",
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    # Under a link's secret; sharing/tests/test_visitors.py.
    "s/<str:secret>/sounds/<int:pk>/",
    "shared/reviews/<str:token>/<str:shape>.png",
    "shared/reviews/<str:token>/covers/<str:signed>.webp",
}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_every_address_of_an_object_has_its_rows() -> None:
    assert {route for route in routes() if "<" in route} == set(TABLE) | OF_NOBODY


@pytest.mark.parametrize("verb", ["get", "post"])
def test_each_object_is_for_whom_the_table_says_and_for_others_it_is_not_there(world: World, verb: str) -> None:
    asked = [(route, with_the_verb(rows, verb)) for route, rows in TABLE.items()]
    wrong = [flaw for route, rows in asked for row in rows for flaw in opened(world, route, row)]
    before = everything()
    for route, rows in asked:
        wrong += [flaw for row in rows for flaw in refused(world, route, row)]
        if (after := everything()) != before:
            wrong.append(f"{route}: who was refused has changed {changed(before, after)}")
            before = after
    assert not wrong, "\n".join(wrong)


def with_the_verb(rows: list[Row], verb: str) -> list[Row]:
    """Those of the verb, and for GET all that is neither; without any one that opens to nobody."""
    found = [row for row in rows if row.verb == verb or (verb == "get" and row.verb != "post")]
    return found or [row._replace(verb=verb, opens=dict.fromkeys([*row.opens][:1], NOBODY)) for row in rows[:1]]


def opened(world: World, route: str, row: Row) -> Iterator[str]:
    """Where somebody may not do what they may. What they did is undone."""
    for thing, roles in row.opens.items():
        for role in sorted(roles):
            with transaction.atomic():
                status, target, _ = ask(world, role, route, row, world.things[thing] | row.named)
                transaction.set_rollback(True)
            if status in {401, 403, 404, 405, 429} or status >= 500 or "/login/" in target:
                yield f"{role} {row.verb} {route} of {thing}: {status}"


def refused(world: World, route: str, row: Row) -> Iterator[str]:
    """Where somebody may do what they may not, or learns that something is there."""
    for role in world.clients if any(row.opens.values()) else ("owner", "stranger", VISITOR):
        if others := [thing for thing, roles in row.opens.items() if role not in roles]:
            absent = ask(world, role, route, row, {"kind": "m3u8", **row.named, **NEVER_WAS})
            allowed = REFUSALS if role == VISITOR else {row.answers, 405}
            for thing in others:
                answer = ask(world, role, route, row, world.things[thing] | row.named)
                if answer[0] not in allowed or answer != absent:
                    yield f"{role} {row.verb} {route} of {thing}: {answer[:2]} instead of {absent[:2]}"


def ask(world: World, role: str, route: str, row: Row, named: dict[str, Any]) -> tuple[int, str, str]:
    """Status, where it leads and what it says, without what differs from answer to answer."""
    path = address(route, named)
    client = world.clients[role]
    cookies = dict(client.cookies)
    headers = dict(row.headers)
    if route.startswith("^1/") and role in world.tokens:
        headers["Authorization"] = f"Token {world.tokens[role]}"
    sent = {name: str(value).format(**{"item": 1, **named}) for name, value in row.sent.items() if name != "json"}
    form = {"data": row.sent["json"], "content_type": "application/json"} if "json" in row.sent else {"data": sent}
    response = getattr(client, row.verb)(path, headers=headers, **(form if row.verb == "post" else {}))
    client.cookies.clear()
    client.cookies.update(cookies)
    body = b"" if response.streaming else response.content
    return (
        response.status_code,
        unquote(response.get("Location", "")).replace(path, ""),
        told(body.decode(), path, named),
    )


def address(route: str, named: dict[str, Any]) -> str:
    if "<uuid:pk>" in route and named["pk"] == ABSENT:
        named = {**named, "pk": NO_UUID}
    filled = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", lambda found: str(named[found[1] or found[2]]), route)
    return "/" + filled.strip("^$").replace("/?", "").replace("\\", "")


def told(body: str, path: str, named: dict[str, Any]) -> str:
    body = body.replace(path, "").replace(path.replace("/", "%2F"), "")
    for name in ("username", "user_name"):
        body = body.replace(str(named.get(name, "\0")), "")
    return re.sub(r'nonce="[^"]*"|content="[^"]*=="|value="\w{64}"', "", body)


def everything() -> dict[str, Any]:
    """Every row but those of sessions, which say when they were used last, and every file."""
    models = [model for model in apps.get_models() if model not in (Session, UserSession)]
    rows = {model.__name__: sorted(map(repr, model._base_manager.values_list())) for model in models}
    return rows | {"files": sorted(map(str, media_files()))}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in after if before[name] != after[name]]


def test_no_page_tells_what_is_private_to_anybody_else(world: World) -> None:
    """Not a list, a search, a feed, a form to choose from, or a file to take along."""
    pages = [path for route, (path, _) in ADDRESSES.items() if "<" not in route and route != "admin/"]
    pages += [f"/search/?q={HUSHED}", f"/search/suggestions/?q={HUSHED}", f"/people/?name={HUSHED}"]
    pages += [f"/tracks/?q={HUSHED}", f"/artists/?q={HUSHED}", f"/albums/?q={HUSHED}"]
    numbers = [thing["pk"] for name, thing in world.things.items() if name.endswith("track") and name != "public track"]
    pages += [f"/offline/tracks/?ids={','.join(map(str, numbers))}", f"/stars/?tracks={numbers[0]}"]
    told_to = {}
    for role in ("follower", "invited", "moderator", VISITOR):
        for path in pages:
            text = shown(world.clients[role], path).replace(f"q={HUSHED}", "")
            found = set(re.findall(rf"{HUSHED} [\w ]+", text)) - MEANT.get(role, set()) - {f"{HUSHED} phone of {role}"}
            if found:
                told_to[f"{role} {path}"] = found
    assert told_to == {}


MEANT = {
    "follower": {f"{HUSHED} playlist followers", f"{HUSHED} rules followers"},
    "invited": {f"{HUSHED} playlist {kind}" for kind in ("private", "link", "followers")},
}


def shown(client: Any, path: str) -> str:
    if path.startswith("/accounts/logout"):
        return ""
    response = client.get(path.format(track=1, album=1, artist=1, playlist=1, smart=1))
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")
