"""What is posted or asked beyond what a page offers changes nothing, at every address."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import ForeignKey

from conftest import PASSWORD
from tests.test_access import TABLE as OBJECTS
from tests.test_access import address, everything
from tests.test_roles import TABLE as ADDRESSES
from tests.whose import VISITOR, World, make_world
from users.models import CustomUser

ELSEWHERE = ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "javascript:alert(1)")
TOUCHED = "touched"
# What no form lets anybody say of anything.
OWNERS = ("user", "user_id", "owner", "owner_id", "uploader", "added_by", "made_by", "reporter", "follower", "blocker")
POWERS = ("is_staff", "is_superuser", "is_active", "groups", "user_permissions", "role")
REST = (
    "secret", "secret_sha256", "sha256", "seed", "cover", "avatar", "file", "audio_sha256", "state", "plays", "uses",
    "revoked_at", "accepted_at", "approved_at", "deleted_at", "created_at", "track_count", "identity", "sort_title",
)  # fmt: skip
# What is posted where no object is named: the least that each takes.
FORMS: dict[str, dict[str, Any]] = {
    "/playlists/new/": {"name": "New", "visibility": "private"},
    "/playlists/folders/": {"name": "New"},
    "/playlists/add/": {"tracks": "{track}", "name": "New"},
    "/playlists/smart/new/": {"do": "save", "name": "New", "visibility": "private"},
    "/stars/": {"track": "{track}", "star": "1"},
    "/ratings/": {"track": "{track}", "rating": "4"},
    "/tracks/edit/": {"track": "{track}", "year": "1999"},
    "/uploads/change/": {"track": "{track}", "action": "private"},
    "/profile/": {"display_name": "x", "bio": "", "time_zone": "UTC"},
    "/profile/people/": {"is_listed": "on"},
    "/settings/listening/": {"listening_visible_to": "me"},
    "/settings/listening/private/": {"on": "1"},
    "/settings/devices/": {"name": "New"},
    "/settings/invitations/": {"note": "New", "max_uses": "1", "days": "7"},
    "/settings/data/export/": {},
    "/taste/correct/": {"say": "track:{track}:2"},
    "/notifications/read/": {},
    "/history/leave-out/": {"event": "{event}"},
    "/theme/": {},
    "/language/": {"language": "de"},
    "/accounts/email/": {"email": "new@example.org", "action_add": ""},
}
BODIES: dict[str, dict[str, Any]] = {
    "/listens/start/": {"event_id": "11111111-1111-4111-8111-111111111111", "track_id": 0},
    "/queue/": {"track_ids": [], "position": 0, "position_ms": 0, "repeat": "off", "origin": {}},
}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_fields_beyond_those_of_a_form_are_not_listened_to(world: World) -> None:
    stranger, wrong = world.people["stranger"], []
    more = dict.fromkeys(OWNERS, stranger.pk) | dict.fromkeys(POWERS, "1") | dict.fromkeys(REST, TOUCHED)
    before = of_others(stranger)
    for path, sent, content_type in posts(world):
        said = {**more, "id": stranger.pk, "pk": stranger.pk, **sent}
        body = {"data": json.dumps(said), "content_type": content_type} if content_type else {"data": said}
        with transaction.atomic():
            status = world.clients["owner"].post(path, **body).status_code
            touched = [name for name, rows in everything().items() if any(TOUCHED in row for row in rows)]
            if status >= 500 or touched or of_others(stranger) != before:
                wrong.append(f"{path}: {status} {touched}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def posts(world: World) -> list[tuple[str, dict[str, Any], str]]:
    """(path, what is sent, its type) of what the owner may do: of each address with an object once."""
    track, listen = world.things["public track"]["pk"], world.things["listen"]["event_id"]
    found = [
        (path, {name: str(value).format(track=track, event=listen) for name, value in sent.items()}, "")
        for path, sent in FORMS.items()
    ]
    for path, sent in BODIES.items():
        said = {name: track if name == "track_id" else value for name, value in sent.items()}
        found.append((path, said, "application/json"))
    for route, rows in OBJECTS.items():
        for row in rows[:1] if rows[0].verb == "post" else rows[1:2]:
            theirs = [thing for thing, roles in row.opens.items() if "owner" in roles]
            if theirs and "json" not in row.sent and row.verb == "post":
                named = row.named | world.things[theirs[0]]
                sent = {name: str(value).format(**{"item": 1, **named}) for name, value in row.sent.items()}
                found.append((address(route, named), sent, ""))
    return found


def of_others(user: Any) -> Any:
    """What is that person's, whoever may what, and how much there is of each."""
    keys = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is CustomUser
    ]
    # What an owner may say of others: invite them to edit, follow them; and what those are told of it.
    names = {"EditorXuser", "NotificationXuser", "UserSessionXuser", "FollowXfollowed"}
    rows = [
        sorted(map(repr, model._base_manager.filter(**{name: user}).values_list()))
        for model, name in keys
        if f"{model.__name__}X{name}" not in names
    ]
    powers = CustomUser.objects.order_by("pk").values_list("pk", "is_staff", "is_superuser", "is_active", "groups")
    return rows, list(powers)


# Signs out; or asks a browser for the passkey, and that of the owner was made by none.
BARRED = re.compile("logout|reauthenticate|webauthn/add|^/admin/")


def pages(world: World) -> list[str]:
    """Each address once that somebody may look at: those without an object, and what is the owner's."""
    found = [path for route, (path, _) in ADDRESSES.items() if "<" not in route and not BARRED.search(path)]
    for route, rows in OBJECTS.items():
        for row in rows[:1]:
            theirs = [thing for thing, roles in row.opens.items() if "owner" in roles]
            if theirs and row.verb == "get":
                found.append(address(route, row.named | world.things[theirs[0]]))
    track = world.things["public track"]["pk"]
    return [path.format(track=track, album=1, artist=1, playlist=1, smart=1) for path in found]


def leaves(response: Any) -> bool:
    target = urlsplit(response.get("Location", "").replace("\\", "/"))
    return target.netloc not in ("", "testserver") or target.scheme not in ("", "http")


@pytest.mark.parametrize("there", ELSEWHERE)
def test_signing_in_leads_nowhere_else(world: World, there: str) -> None:
    client = world.clients[VISITOR]
    said = {"login": "stranger", "password": PASSWORD, "next": there}
    response = client.post(f"/accounts/login/?next={there}", said)
    assert response.status_code == 302
    assert not leaves(response)
