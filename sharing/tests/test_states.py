"""What a link opens in each state that it, its track and its owner can be in, for a visitor without an account."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from music.models import Track
from music.removal import discard, take_down
from music.rows import row_of
from music.tests.catalogue import add_track
from sharing.links import restore, revoke
from sharing.models import Share
from sharing.secrets import hashed
from sharing.tests.cast import PASSWORD, link_to, page, sounds
from sharing.tickets import PICTURE, SOUND, Ticket, row_picture_url, sound_url
from users.deletion import delete_account

Change = Callable[[Share, Track], Any]


def _expire(share: Share, _track: Track) -> None:
    Share.objects.filter(pk=share.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def _set_track(**fields: Any) -> Change:
    return lambda _share, track: Track.objects.filter(pk=track.pk).update(**fields)


def _close_account(share: Share, _track: Track) -> None:
    share.owner.is_active = False
    share.owner.save()


def _of_somebody_else_and_private(share: Share, track: Track) -> None:
    Track.objects.filter(pk=track.pk).update(uploader=None, visibility="private")


OPEN: dict[str, Change] = {
    "live": lambda share, track: None,
    "turned on again": lambda share, track: (revoke(share), restore(share)),
    "their own and private": _set_track(visibility="private"),
    "without an end": lambda share, track: Share.objects.filter(pk=share.pk).update(expires_at=None),
}
CLOSED: dict[str, Change] = {
    "expired": _expire,
    "revoked": lambda share, track: revoke(share),
    "owner may no longer hear it": _of_somebody_else_and_private,
    "in the trash": _set_track(state="trashed"),
    "waiting for review": _set_track(state="review"),
    "taken down": lambda share, track: take_down(Track.objects.filter(pk=track.pk)),
    "file missing": _set_track(state="missing"),
    "track deleted": lambda share, track: discard(Track.objects.filter(pk=track.pk)),
    "owner closed": _close_account,
    "owner deleted": lambda share, track: delete_account(share.owner),
}


@pytest.fixture
def addresses(track: Track, client: Client) -> tuple[Share, list[str]]:
    """Everything that a link leads to, read while it works."""
    share = link_to(track)
    address = share.get_absolute_url()
    [sound] = sounds(page(client, share))
    parts = [address, f"{address}embed/", f"{address}sounds/{track.pk}/", sound, row_picture_url(share, row_of(track))]
    assert parts[-1].startswith("/shared/pictures/")
    return share, [*parts, f"/oembed/?url=http://127.0.0.1:8000{address}"]


@pytest.mark.parametrize("name", OPEN)
def test_it_opens(name: str, addresses: Any, track: Track, client: Client) -> None:
    share, parts = addresses
    OPEN[name](share, track)
    assert {part: client.get(part).status_code for part in parts} == dict.fromkeys(parts, 200)


@pytest.mark.parametrize("name", CLOSED)
def test_nothing_of_it_opens(name: str, addresses: Any, track: Track, client: Client) -> None:
    share, parts = addresses
    CLOSED[name](share, track)
    assert {part: client.get(part).status_code for part in parts} == dict.fromkeys(parts, 404)
    played = client.post(f"{parts[3]}played/", {"played_ms": "1000000"})
    assert played.status_code == 404


def test_a_closed_link_looks_like_one_that_never_was(addresses: Any, track: Track, client: Client) -> None:
    share, parts = addresses
    revoke(share)
    closed, never = (_without_what_is_new_each_time(client.get(path)) for path in (parts[0], f"/s/{'A' * 22}/"))
    assert closed == never.replace("A" * 22, share.secret)


def _without_what_is_new_each_time(response: Any) -> str:
    assert response.status_code == 404
    return re.sub(r'(csp-nonce" content|csrfmiddlewaretoken" value)="[^"]*"', "", response.content.decode())


@pytest.mark.parametrize(
    "asked", ["other track", "other share's sound", "made up", "expired", "a picture's", "garbage"]
)
def test_a_signature_opens_only_what_it_was_made_for(asked: str, track: Track, other: Track, client: Client) -> None:
    share, theirs = link_to(track), link_to(other)
    good = sound_url(share, track.pk)
    ticket = Ticket(share.pk, other.pk, "name", 0)
    address = {
        # Signed by us for a track that the share does not show, as if somebody could.
        "other track": f"/shared/sounds/{signing.dumps(ticket, salt=SOUND)}/",
        # The body of one address with the signature of another.
        "other share's sound": good[: good.rindex(":")] + sound_url(theirs, other.pk)[-45:],
        "made up": f"/shared/sounds/{signing.dumps(ticket, salt=SOUND, key='not the key of this site')}/",
        "expired": "",
        "a picture's": f"/shared/sounds/{signing.dumps([share.pk, 'name', 320], salt=PICTURE)}/",
        "garbage": "/shared/sounds/a:b:c/",
    }[asked]
    if asked == "expired":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() - 601)
            address = sound_url(share, track.pk)
        assert client.get(address).status_code == 410
    else:
        assert client.get(address).status_code == 404
    assert client.get(f"{share.get_absolute_url()}sounds/{other.pk}/").status_code == 404


def test_the_sound_comes_in_parts(track: Track, client: Client) -> None:
    [address] = sounds(page(client, link_to(track)))
    whole = client.get(address)
    body = b"".join(whole.streaming_content)
    part = client.get(address, HTTP_RANGE="bytes=100-199")
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == body[100:200]
    assert part["Content-Range"] == f"bytes 100-199/{len(body)}"
    assert client.get(address, HTTP_RANGE=f"bytes={len(body)}-").status_code == 416
    assert client.head(address).status_code == 200


def test_nginx_sends_it_where_it_is_in_front(track: Track, client: Client, settings: Any) -> None:
    share = link_to(track)
    settings.X_ACCEL_REDIRECT_PREFIX = "/protected"
    assert client.get(sound_url(share, track.pk))["X-Accel-Redirect"] == f"/protected/{track.file.name}"
    picture = client.get(row_picture_url(share, row_of(track)))
    assert picture["X-Accel-Redirect"].startswith("/protected/covers/")


def test_nothing_else_of_the_site_opens(track: Track, other: Track, client: Client) -> None:
    """Not even that track's own addresses: a link is no account."""
    share = link_to(track, password=PASSWORD)
    client.post(share.get_absolute_url(), {"password": PASSWORD})
    page(client, share)
    for path in (f"/stream/{track.pk}/", f"/stream/{other.pk}/"):
        assert client.get(path).status_code == 401
    for path in (
        f"/tracks/{track.pk}/",
        f"/tracks/{other.pk}/",
        f"/tracks/{track.pk}/playing.json",
        f"/tracks/{track.pk}/waveform.svg",
        f"/covers/{track.cover}-320.webp",
        f"/tracks/{track.pk}/share/",
        "/tracks/",
        "/shares/",
    ):
        assert client.get(path).status_code == 302
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_a_picture_of_another_track_does_not_open(track: Track, client: Client) -> None:
    share = link_to(track)
    signed = signing.Signer(salt=PICTURE).sign_object([share.pk, "0" * 32, 320])
    assert client.get(f"/shared/pictures/{signed}.webp").status_code == 404


def test_a_link_to_an_album_shows_what_its_owner_may_hear(track: Track, bob: Any, client: Client) -> None:
    """bob's private track on the same album is there in his link, and not in alice's."""
    theirs = add_track(bob, "Only for bob", visibility="private")
    Track.objects.filter(pk=theirs.pk).update(album=track.album)
    alices, bobs = link_to(track.album, owner=track.uploader), link_to(track.album, owner=bob)
    assert "Only for bob" not in page(client, alices)
    assert "Only for bob" in page(client, bobs)
    assert client.get(f"{alices.get_absolute_url()}sounds/{theirs.pk}/").status_code == 404
    assert client.get(f"{bobs.get_absolute_url()}sounds/{theirs.pk}/").status_code == 200
    assert client.get(sound_url(alices, theirs.pk)).status_code == 404


def test_the_database_alone_does_not_tell_the_secret(track: Track) -> None:
    share = link_to(track)
    row = Share.objects.filter(pk=share.pk).values().get()
    assert len(share.secret) == 22
    assert share.secret not in str(row)
    assert hashed(share.secret) == row["secret_sha256"]


def test_a_new_secret_key_keeps_links_and_shows_them_as_long_as_the_former_is_known(
    track: Track, client: Client, settings: Any
) -> None:
    address = link_to(track).get_absolute_url()
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" * 6
    assert Share.objects.get().get_absolute_url() == ""
    assert client.get(address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [former]
    assert Share.objects.get().get_absolute_url() == address
