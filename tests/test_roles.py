"""Who gets what at every address. The table is checked against the resolver: an address without a row is red."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from conftest import MP3, bring_in
from playlists.models import Playlist, SmartPlaylist

SIGN_IN = 302
EVERYONE_IS_SENT_BACK = (302, 302, 302, 302)
EVERYONE = (200, 200, 200, 200)
MEMBERS = (SIGN_IN, 200, 200, 200)
NOTHING_YET = (SIGN_IN, 404, 404, 404)
NOWHERE = (404, 404, 404, 404)
OWNER = (SIGN_IN, 200, 404, 404)
POST_ONLY = (405, 405, 405, 405)
POST_BY_MEMBERS = (SIGN_IN, 405, 405, 405)
NEWCOMERS = (200, SIGN_IN, SIGN_IN, SIGN_IN)
WITH_A_TOKEN = (404, 404, 404, 404)  # a session is no token
TO_ANOTHER_PAGE = (302, 302, 302, 302)  # to sign in, to confirm the password, or to where that page is
STAFF = (SIGN_IN, SIGN_IN, SIGN_IN, 200)
STAFF_WITHOUT_A_WORD = (SIGN_IN, 404, 404, 200)

RULES = {"match": "all", "rules": [{"field": "starred", "operator": "is", "value": True}]}

# Route -> what GET answers to: somebody not signed in, alice (whose private track it is), bob, staff.
TABLE: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "": ("/", EVERYONE),
    "discover/mix/<int:number>/": ("/discover/mix/1/", NOTHING_YET),
    "discover/because/<int:pk>/": ("/discover/because/{track}/", OWNER),
    "discover/weekly/": ("/discover/weekly/", MEMBERS),
    "discover/weekly/<str:monday>/": ("/discover/weekly/2026-01-05/", NOTHING_YET),
    "radio/<str:kind>/<str:key>/": ("/radio/track/{track}/", OWNER),
    "radio/<str:kind>/<str:key>/more/": ("/radio/track/{track}/more/", POST_BY_MEMBERS),
    "similar/tracks/<int:pk>/": ("/similar/tracks/{track}/", OWNER),
    "similar/artists/<int:pk>/": ("/similar/artists/{artist}/", OWNER),
    "tracks/": ("/tracks/", MEMBERS),
    "tracks/<int:pk>/": ("/tracks/{track}/", OWNER),
    "tracks/<int:pk>/playing.json": ("/tracks/{track}/playing.json", OWNER),
    "tracks/<int:pk>/waveform.svg": ("/tracks/{track}/waveform.svg", OWNER),
    "tracks/<int:pk>/edit/": ("/tracks/{track}/edit/", OWNER),
    "tracks/<int:pk>/make-public/": ("/tracks/{track}/make-public/", POST_BY_MEMBERS),
    "tracks/<int:pk>/make-private/": ("/tracks/{track}/make-private/", POST_BY_MEMBERS),
    "tracks/<int:pk>/trash/": ("/tracks/{track}/trash/", POST_BY_MEMBERS),
    "tracks/<int:pk>/report/": ("/tracks/{track}/report/", (SIGN_IN, 404, 404, 404)),
    "tracks/<int:pk>/appeal/": ("/tracks/{track}/appeal/", POST_BY_MEMBERS),
    "tracks/edit/": ("/tracks/edit/?track={track}", OWNER),
    "shares/": ("/shares/", MEMBERS),
    "shares/<int:pk>/revoke/": ("/shares/1/revoke/", POST_BY_MEMBERS),
    "shares/<int:pk>/restore/": ("/shares/1/restore/", POST_BY_MEMBERS),
    "tracks/<int:pk>/share/": ("/tracks/{track}/share/", OWNER),
    "albums/<int:pk>/share/": ("/albums/{album}/share/", OWNER),
    "playlists/<int:pk>/share/": ("/playlists/{playlist}/share/", OWNER),
    "s/<str:secret>/": ("/s/nonsense/", NOWHERE),
    "s/<str:secret>/embed/": ("/s/nonsense/embed/", NOWHERE),
    "s/<str:secret>/sounds/<int:pk>/": ("/s/nonsense/sounds/{track}/", NOWHERE),
    "shared/sounds/<str:signed>/": ("/shared/sounds/nonsense/", NOWHERE),
    "shared/sounds/<str:signed>/played/": ("/shared/sounds/nonsense/played/", POST_ONLY),
    "shared/pictures/<str:signed>.webp": ("/shared/pictures/a:b.webp", NOWHERE),
    "oembed/": ("/oembed/?url=http://127.0.0.1:8000/s/nonsense/", NOWHERE),
    "tracks/undo-trash/": ("/tracks/undo-trash/", POST_BY_MEMBERS),
    "albums/": ("/albums/", MEMBERS),
    "artists/": ("/artists/", MEMBERS),
    "genres/": ("/genres/", MEMBERS),
    "artists/<int:pk>/": ("/artists/{artist}/", OWNER),
    "albums/<int:pk>/": ("/albums/{album}/", OWNER),
    "genres/<str:slug>/": ("/genres/jazz/", MEMBERS),
    "upload/": ("/upload/", MEMBERS),
    "upload/states/": ("/upload/states/", MEMBERS),
    "upload/clear/": ("/upload/clear/", POST_BY_MEMBERS),
    "upload/<uuid:pk>/remove/": ("/upload/{uuid}/remove/", POST_BY_MEMBERS),
    "upload/review/": ("/upload/review/", MEMBERS),
    "upload/review/<uuid:pk>/": ("/upload/review/{uuid}/", POST_BY_MEMBERS),
    "upload/tus/": ("/upload/tus/", POST_ONLY),
    "upload/tus/<uuid:upload_id>/": ("/upload/tus/{uuid}/", POST_ONLY),
    "uploads/": ("/uploads/", MEMBERS),
    "uploads/change/": ("/uploads/change/", POST_BY_MEMBERS),
    "uploads/trash/": ("/uploads/trash/", MEMBERS),
    "uploads/trash/change/": ("/uploads/trash/change/", POST_BY_MEMBERS),
    "uploads/trash/delete/": ("/uploads/trash/delete/", (SIGN_IN, 302, 302, 302)),
    "queue/": ("/queue/", MEMBERS),
    "playlists/": ("/playlists/", MEMBERS),
    "playlists/new/": ("/playlists/new/", MEMBERS),
    "playlists/add/": ("/playlists/add/?tracks={track}", OWNER),
    "playlists/folders/": ("/playlists/folders/", POST_BY_MEMBERS),
    "playlists/folders/<int:pk>/rename/": ("/playlists/folders/1/rename/", POST_BY_MEMBERS),
    "playlists/folders/<int:pk>/remove/": ("/playlists/folders/1/remove/", POST_BY_MEMBERS),
    "playlists/folders/<int:pk>/bring-back/": ("/playlists/folders/1/bring-back/", POST_BY_MEMBERS),
    "playlists/<int:pk>/editors/<int:editor_id>/restore/": (
        "/playlists/{playlist}/editors/1/restore/",
        POST_BY_MEMBERS,
    ),
    "playlists/<int:pk>/missing/drop/": ("/playlists/{playlist}/missing/drop/", POST_BY_MEMBERS),
    "playlists/<int:pk>/missing/wait-again/": ("/playlists/{playlist}/missing/wait-again/", POST_BY_MEMBERS),
    "playlists/shared/<str:secret>/": ("/playlists/shared/nonsense/", NOTHING_YET),
    "playlists/shared/<str:secret>/more/": ("/playlists/shared/nonsense/more/", POST_BY_MEMBERS),
    "playlists/<int:pk>/": ("/playlists/{playlist}/", OWNER),
    "playlists/<int:pk>/more/": ("/playlists/{playlist}/more/", POST_BY_MEMBERS),
    "playlists/<int:pk>/keep/": ("/playlists/{playlist}/keep/", OWNER),
    "playlists/<int:pk>/edit/": ("/playlists/{playlist}/edit/", OWNER),
    "playlists/<int:pk>/new-link/": ("/playlists/{playlist}/new-link/", POST_BY_MEMBERS),
    "playlists/<int:pk>/delete/": ("/playlists/{playlist}/delete/", POST_BY_MEMBERS),
    "playlists/<int:pk>/undelete/": ("/playlists/{playlist}/undelete/", POST_BY_MEMBERS),
    "playlists/<int:pk>/items/": ("/playlists/{playlist}/items/", POST_BY_MEMBERS),
    "playlists/<int:pk>/items/move/": ("/playlists/{playlist}/items/move/", POST_BY_MEMBERS),
    "playlists/<int:pk>/items/put-back/": ("/playlists/{playlist}/items/put-back/", POST_BY_MEMBERS),
    "playlists/<int:pk>/sort/": ("/playlists/{playlist}/sort/", POST_BY_MEMBERS),
    "playlists/<int:pk>/editors/": ("/playlists/{playlist}/editors/", POST_BY_MEMBERS),
    "playlists/<int:pk>/editors/<int:editor_id>/revoke/": (
        "/playlists/{playlist}/editors/1/revoke/",
        POST_BY_MEMBERS,
    ),
    "playlists/<int:pk>/accept/": ("/playlists/{playlist}/accept/", POST_BY_MEMBERS),
    "playlists/<int:pk>/leave/": ("/playlists/{playlist}/leave/", POST_BY_MEMBERS),
    "playlists/<int:pk>/rejoin/": ("/playlists/{playlist}/rejoin/", POST_BY_MEMBERS),
    "stars/": ("/stars/?tracks={track}", MEMBERS),
    "ratings/": ("/ratings/", POST_BY_MEMBERS),
    "playlists/starred/": ("/playlists/starred/", MEMBERS),
    "playlists/starred/more/": ("/playlists/starred/more/", POST_BY_MEMBERS),
    "playlists/starred/<str:shelf>/": ("/playlists/starred/albums/", MEMBERS),
    "playlists/import/": ("/playlists/import/", MEMBERS),
    "playlists/<int:pk>/missing/": ("/playlists/{playlist}/missing/", OWNER),
    "playlists/<int:pk>/export.<str:kind>": ("/playlists/{playlist}/export.xspf", OWNER),
    "playlists/smart/": ("/playlists/smart/", MEMBERS),
    "playlists/smart/new/": ("/playlists/smart/new/", MEMBERS),
    "playlists/smart/import/": ("/playlists/smart/import/", POST_BY_MEMBERS),
    "playlists/smart/preview/": ("/playlists/smart/preview/", POST_BY_MEMBERS),
    "playlists/smart/shared/<str:secret>/": ("/playlists/smart/shared/nonsense/", NOTHING_YET),
    "playlists/smart/shared/<str:secret>/more/": ("/playlists/smart/shared/nonsense/more/", POST_BY_MEMBERS),
    "playlists/smart/<int:pk>/": ("/playlists/smart/{smart}/", OWNER),
    "playlists/smart/<int:pk>/more/": ("/playlists/smart/{smart}/more/", POST_BY_MEMBERS),
    "playlists/smart/<int:pk>/edit/": ("/playlists/smart/{smart}/edit/", OWNER),
    "playlists/smart/<int:pk>/new-link/": ("/playlists/smart/{smart}/new-link/", POST_BY_MEMBERS),
    "playlists/smart/<int:pk>/delete/": ("/playlists/smart/{smart}/delete/", POST_BY_MEMBERS),
    "playlists/smart/<int:pk>/undelete/": ("/playlists/smart/{smart}/undelete/", POST_BY_MEMBERS),
    "playlists/smart/<int:pk>/export.json": ("/playlists/smart/{smart}/export.json", OWNER),
    "offline/": ("/offline/", MEMBERS),
    "offline/tracks/": ("/offline/tracks/?ids={track}", MEMBERS),
    "offline/tracks/<int:pk>/": ("/offline/tracks/{track}/", OWNER),
    "albums/<int:pk>/more/": ("/albums/{album}/more/", POST_BY_MEMBERS),
    "artists/<int:pk>/more/": ("/artists/{artist}/more/", POST_BY_MEMBERS),
    "offline/albums/<int:pk>/": ("/offline/albums/{album}/", OWNER),
    "search/": ("/search/?q=corner", MEMBERS),
    "search/suggestions/": ("/search/suggestions/?q=corner", MEMBERS),
    "history/": ("/history/", MEMBERS),
    "history/delete/": ("/history/delete/", MEMBERS),
    "history/delete/<int:pk>/undo/": ("/history/delete/1/undo/", POST_BY_MEMBERS),
    "history/leave-out/": ("/history/leave-out/", POST_BY_MEMBERS),
    "history/import/": ("/history/import/", MEMBERS),
    "history/import/states/": ("/history/import/states/", MEMBERS),
    "history/import/<uuid:pk>/start/": ("/history/import/{uuid}/start/", POST_BY_MEMBERS),
    "history/import/<uuid:pk>/undo/": ("/history/import/{uuid}/undo/", POST_BY_MEMBERS),
    "history/import/<uuid:pk>/remove/": ("/history/import/{uuid}/remove/", POST_BY_MEMBERS),
    "tracks/<int:pk>/leave-out/": ("/tracks/{track}/leave-out/", POST_BY_MEMBERS),
    "albums/<int:pk>/leave-out/": ("/albums/{album}/leave-out/", POST_BY_MEMBERS),
    "playlists/<int:pk>/leave-out/": ("/playlists/{playlist}/leave-out/", POST_BY_MEMBERS),
    "settings/data/": ("/settings/data/", MEMBERS),
    "settings/data/listens.jsonl": ("/settings/data/listens.jsonl", MEMBERS),
    "settings/data/listens.csv": ("/settings/data/listens.csv", MEMBERS),
    "settings/data/export/": ("/settings/data/export/", POST_BY_MEMBERS),
    "settings/data/export/<uuid:pk>/": ("/settings/data/export/{uuid}/", (SIGN_IN, 404, 404, 404)),
    "settings/services/": ("/settings/services/", MEMBERS),
    "settings/services/listenbrainz/": ("/settings/services/listenbrainz/", POST_BY_MEMBERS),
    "settings/services/lastfm/allowed/<str:state>/": (
        "/settings/services/lastfm/allowed/nonsense/",
        (SIGN_IN, 404, 404, 404),
    ),
    "settings/services/<str:service>/state/": ("/settings/services/listenbrainz/state/", MEMBERS),
    "settings/services/<str:service>/disconnect/": ("/settings/services/lastfm/disconnect/", POST_BY_MEMBERS),
    "settings/services/<str:service>/dismiss/": ("/settings/services/lastfm/dismiss/", POST_BY_MEMBERS),
    "settings/listening/": ("/settings/listening/", MEMBERS),
    "settings/listening/private/": ("/settings/listening/private/", POST_BY_MEMBERS),
    "stream/<int:pk>/": ("/stream/{track}/", (401, 200, 404, 404)),
    r"^covers/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$": ("/covers/{cover}-320.webp", MEMBERS),
    "covers/<str:seed>.svg": ("/covers/album-1.svg", EVERYONE),
    "numbers/": ("/numbers/", MEMBERS),
    "numbers/<str:what>.csv": ("/numbers/tracks.csv", MEMBERS),
    "numbers/<str:what>/": ("/numbers/tracks/", MEMBERS),
    "review/": ("/review/", MEMBERS),
    "review/<str:said>/": ("/review/2026/", MEMBERS),
    "review/<str:said>/share/": ("/review/2026/share/", POST_BY_MEMBERS),
    "review/<str:said>/<str:shape>.png": ("/review/2026/wide.png", NOTHING_YET),
    "shared/reviews/<str:token>/": ("/shared/reviews/nonsense/", NOWHERE),
    "shared/reviews/<str:token>/<str:shape>.png": ("/shared/reviews/nonsense/wide.png", NOWHERE),
    "shared/reviews/<str:token>/covers/<str:signed>.webp": ("/shared/reviews/nonsense/covers/a:b.webp", NOWHERE),
    "listeners/<str:username>/": ("/listeners/alice/", OWNER),
    "listens/start/": ("/listens/start/", POST_ONLY),
    "listens/<uuid:event_id>/progress/": ("/listens/{uuid}/progress/", POST_ONLY),
    "listens/<uuid:event_id>/complete/": ("/listens/{uuid}/complete/", POST_ONLY),
    "settings/devices/": ("/settings/devices/", MEMBERS),
    "settings/devices/<int:pk>/revoke/": ("/settings/devices/1/revoke/", POST_BY_MEMBERS),
    r"^1/validate-token/?$": ("/1/validate-token", (400, 400, 400, 400)),
    r"^1/submit-listens/?$": ("/1/submit-listens", POST_ONLY),
    r"^1/user/(?P<user_name>[^/]+)/listens/?$": ("/1/user/alice/listens", WITH_A_TOKEN),
    r"^1/user/(?P<user_name>[^/]+)/listen-count/?$": ("/1/user/alice/listen-count", WITH_A_TOKEN),
    r"^1/user/(?P<user_name>[^/]+)/playing-now/?$": ("/1/user/alice/playing-now", WITH_A_TOKEN),
    "people/": ("/people/", MEMBERS),
    "people/<str:username>/": ("/people/alice/", MEMBERS),
    "people/<str:username>/change/": ("/people/alice/change/", POST_BY_MEMBERS),
    "artists/<int:pk>/follow/": ("/artists/{artist}/follow/", POST_BY_MEMBERS),
    "following/": ("/following/", MEMBERS),
    "notifications/": ("/notifications/", MEMBERS),
    "notifications/read/": ("/notifications/read/", POST_BY_MEMBERS),
    "announcements/<int:pk>/dismiss/": ("/announcements/1/dismiss/", POST_BY_MEMBERS),
    "profile/people/": ("/profile/people/", POST_BY_MEMBERS),
    r"^avatars/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$": ("/avatars/{cover}-320.webp", NOTHING_YET),
    "taste/": ("/taste/", MEMBERS),
    "taste/correct/": ("/taste/correct/", POST_BY_MEMBERS),
    "taste/tracks/": ("/taste/tracks/", POST_BY_MEMBERS),
    "taste/undo/": ("/taste/undo/", POST_BY_MEMBERS),
    "taste/reset/": ("/taste/reset/", MEMBERS),
    "taste/export.json": ("/taste/export.json", MEMBERS),
    "profile/": ("/profile/", MEMBERS),
    "profile/delete/": ("/profile/delete/", MEMBERS),
    "language/": ("/language/", EVERYONE_IS_SENT_BACK),
    "words/<str:language>/<str:version>.js": ("/words/de/0.js", EVERYONE),
    "settings/security/": ("/settings/security/", MEMBERS),
    "settings/security/sessions/<int:pk>/end/": ("/settings/security/sessions/1/end/", POST_BY_MEMBERS),
    "settings/security/sessions/end-others/": ("/settings/security/sessions/end-others/", POST_BY_MEMBERS),
    "settings/invitations/": ("/settings/invitations/", STAFF_WITHOUT_A_WORD),
    "settings/invitations/<int:pk>/revoke/": ("/settings/invitations/1/revoke/", POST_BY_MEMBERS),
    "invited/<str:token>/": ("/invited/nonsense/", (404, SIGN_IN, SIGN_IN, SIGN_IN)),
    "accounts/waiting/": ("/accounts/waiting/", EVERYONE),
    "accounts/2fa/": ("/accounts/2fa/", TO_ANOTHER_PAGE),
    "accounts/2fa/authenticate/": ("/accounts/2fa/authenticate/", TO_ANOTHER_PAGE),
    "accounts/2fa/reauthenticate/": ("/accounts/2fa/reauthenticate/", TO_ANOTHER_PAGE),
    "accounts/2fa/totp/activate/": ("/accounts/2fa/totp/activate/", TO_ANOTHER_PAGE),
    "accounts/2fa/totp/deactivate/": ("/accounts/2fa/totp/deactivate/", NOTHING_YET),
    "accounts/2fa/recovery-codes/": ("/accounts/2fa/recovery-codes/", NOTHING_YET),
    "accounts/2fa/recovery-codes/generate/": ("/accounts/2fa/recovery-codes/generate/", TO_ANOTHER_PAGE),
    "accounts/2fa/recovery-codes/download/": ("/accounts/2fa/recovery-codes/download/", NOTHING_YET),
    "accounts/2fa/webauthn/": ("/accounts/2fa/webauthn/", TO_ANOTHER_PAGE),
    "accounts/2fa/webauthn/add/": ("/accounts/2fa/webauthn/add/", TO_ANOTHER_PAGE),
    "accounts/2fa/webauthn/login/": ("/accounts/2fa/webauthn/login/", TO_ANOTHER_PAGE),
    "accounts/2fa/webauthn/reauthenticate/": ("/accounts/2fa/webauthn/reauthenticate/", TO_ANOTHER_PAGE),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": ("/accounts/2fa/webauthn/keys/1/edit/", TO_ANOTHER_PAGE),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": ("/accounts/2fa/webauthn/keys/1/remove/", TO_ANOTHER_PAGE),
    "theme/": ("/theme/", POST_ONLY),
    "styleguide/": ("/styleguide/", STAFF_WITHOUT_A_WORD),
    "sw.js": ("/sw.js", EVERYONE),
    "manifest.webmanifest": ("/manifest.webmanifest", EVERYONE),
    "healthz/": ("/healthz/", EVERYONE),
    "accounts/signup/": ("/accounts/signup/", NEWCOMERS),
    "accounts/login/": ("/accounts/login/", NEWCOMERS),
    "accounts/logout/": ("/accounts/logout/", MEMBERS),
    "accounts/reauthenticate/": ("/accounts/reauthenticate/", MEMBERS),
    "accounts/password/change/": ("/accounts/password/change/", MEMBERS),
    "accounts/password/set/": ("/accounts/password/set/", (SIGN_IN, 302, 302, 302)),
    "accounts/inactive/": ("/accounts/inactive/", EVERYONE),
    "accounts/email/": ("/accounts/email/", MEMBERS),
    "accounts/confirm-email/": ("/accounts/confirm-email/", EVERYONE),
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": ("/accounts/confirm-email/nonsense/", EVERYONE),
    "accounts/password/reset/": ("/accounts/password/reset/", EVERYONE),
    "accounts/password/reset/done/": ("/accounts/password/reset/done/", EVERYONE),
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "/accounts/password/reset/key/1-nonsense/",
        EVERYONE,
    ),
    "accounts/password/reset/key/done/": ("/accounts/password/reset/key/done/", EVERYONE),
    "accounts/login/code/confirm/": ("/accounts/login/code/confirm/", (SIGN_IN, 302, 302, 302)),
    "admin/": ("/admin/", STAFF),
}


def routes(resolver: Any = None, prefix: str = "") -> set[str]:
    """Every route; Django's admin, which guards itself, counts as one."""
    found = set()
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if route == "admin/":
            found.add(route)
        elif isinstance(entry, URLResolver):
            found |= routes(entry, route)
        elif isinstance(entry, URLPattern):
            found.add(route)
    return found


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert routes() == set(TABLE)


@pytest.fixture
def place(as_alice: Client) -> dict[str, Any]:
    [track] = bring_in(as_alice, MP3, visibility="private")
    return {
        "track": track.pk,
        "artist": track.artist_id,
        "album": track.album_id,
        "cover": track.cover,
        "playlist": Playlist.objects.create(owner=track.uploader, name="Mine").pk,
        "smart": SmartPlaylist.objects.create(owner=track.uploader, name="Mine", rules=RULES).pk,
        "uuid": uuid.uuid4(),
    }


def test_everybody_gets_what_the_table_says(
    place: dict[str, Any], client: Client, as_alice: Client, as_bob: Client, staff: Any, sign_in: Any
) -> None:
    visitors = {"stranger": client, "alice": as_alice, "bob": as_bob, "staff": sign_in(staff)}
    wrong = []
    for address, expected in TABLE.values():
        path = address.format(**place)
        for (name, visitor), status in zip(visitors.items(), expected, strict=True):
            got = visitor.get(path).status_code
            if got != status:
                wrong.append(f"{name} GET {path}: {got}, not {status}")
    assert wrong == []


def test_nothing_changes_without_the_csrf_token(place: dict[str, Any], alice: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    wrong = []
    for address, _expected in TABLE.values():
        path = address.format(**place)
        status = strict.post(path, {"track_id": place["track"]}).status_code
        # 404 and 405: there is nothing to post to. 401: what counts there is the token of a device.
        if status not in (401, 403, 404, 405):
            wrong.append(f"POST {path}: {status}")
    assert wrong == []


def test_every_answer_carries_the_security_policy(place: dict[str, Any], as_alice: Client) -> None:
    for address, _expected in TABLE.values():
        response = as_alice.get(address.format(**place))
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        # 'none': the small player in other sites' pages, which may do less.
        assert "default-src 'self'" in policy or "default-src 'none'" in policy, address
        assert response["X-Content-Type-Options"] == "nosniff", address
