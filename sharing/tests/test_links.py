"""Making links, looking after them, and what becomes of them when what they show changes hands."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from music.merging import merge_albums
from music.models import Track
from music.removal import discard
from music.tests.catalogue import add_track
from sharing.models import Share, SharePlay
from sharing.tests.cast import link_to, page
from users.deletion import delete_account


def test_a_form_without_a_script_makes_a_link_for_thirty_days(
    as_alice: Client, alice: Any, track: Track, client: Client
) -> None:
    form = as_alice.get(f"/tracks/{track.pk}/share/").content.decode()
    assert '<option value="30" selected>' in form
    response = as_alice.post(f"/tracks/{track.pk}/share/", {"days": "30", "password": ""})
    share = Share.objects.get()
    assert response["Location"] == f"/shares/#share-{share.pk}"
    assert (share.owner, share.track, share.album, share.password) == (alice, track, None, "")
    assert share.expires_at is not None
    assert abs(share.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    html = as_alice.get("/shares/").content.decode()
    assert f'value="http://127.0.0.1:8000{share.get_absolute_url()}"' in html
    assert track.title in page(client, share)


@pytest.mark.parametrize("days", [1, 7, 365])
def test_it_works_as_long_as_was_chosen(days: int, as_alice: Client, track: Track) -> None:
    as_alice.post(f"/albums/{track.album_id}/share/", {"days": str(days)})
    share = Share.objects.get()
    assert (share.track, share.album) == (None, track.album)
    assert share.expires_at is not None
    assert (share.expires_at - timezone.now()).days in (days - 1, days)


def test_it_can_work_until_it_is_turned_off(as_alice: Client, track: Track) -> None:
    as_alice.post(f"/tracks/{track.pk}/share/", {"days": "0"})
    assert Share.objects.get().expires_at is None


@pytest.mark.parametrize("days", ["", "2", "-1", "99999999", "x"])
def test_only_what_is_offered_can_be_chosen(days: str, as_alice: Client, track: Track) -> None:
    assert as_alice.post(f"/tracks/{track.pk}/share/", {"days": days}).status_code == 422
    assert not Share.objects.exists()


def test_a_password_of_a_letter_or_two_is_none(as_alice: Client, track: Track) -> None:
    refused = as_alice.post(f"/tracks/{track.pk}/share/", {"days": "30", "password": "abc"})
    assert refused.status_code == 422 and "at least 4 characters" in refused.content.decode()
    assert not Share.objects.exists()


def test_fields_that_are_not_in_the_form_change_nothing(as_alice: Client, alice: Any, bob: Any, track: Track) -> None:
    more = {
        "owner": bob.pk,
        "plays": 99,
        "revoked_at": "2020-01-01",
        "album": track.album_id,
        "secret_sha256": "0" * 64,
    }
    as_alice.post(f"/tracks/{track.pk}/share/", {"days": "7", **more})
    share = Share.objects.get()
    assert (share.owner, share.plays, share.revoked_at, share.album) == (alice, 0, None, None)
    assert share.seed != "0" * 32


def test_what_one_may_not_hear_one_cannot_share(as_bob: Client, alice: Any) -> None:
    secret = add_track(alice, "Secret", album="Hidden", visibility="private")
    trashed = add_track(alice, "Trashed", state="trashed")
    for path in (f"/tracks/{secret.pk}/share/", f"/albums/{secret.album_id}/share/", f"/tracks/{trashed.pk}/share/"):
        assert as_bob.get(path).status_code == 404
        assert as_bob.post(path, {"days": "30"}).status_code == 404
    assert not Share.objects.exists()


def test_what_others_made_public_may_be_shared(as_bob: Client, bob: Any, track: Track, client: Client) -> None:
    as_bob.post(f"/tracks/{track.pk}/share/", {"days": "30"})
    assert "Shared by bob" in page(client, Share.objects.get(owner=bob))


def test_the_database_takes_no_link_to_nothing_or_to_two_things(track: Track, alice: Any) -> None:
    for what in ({}, {"track": track, "album": track.album}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Share.objects.create(owner=alice, secret_sha256="0" * 64, **what)


def test_it_is_turned_off_and_on_again(as_alice: Client, track: Track, client: Client) -> None:
    share = link_to(track)
    off = as_alice.post(f"/shares/{share.pk}/revoke/", follow=True).content.decode()
    assert client.get(share.get_absolute_url()).status_code == 404
    assert f'action="/shares/{share.pk}/restore/"' in off and "Undo" in off
    assert share.secret not in off
    as_alice.post(f"/shares/{share.pk}/restore/")
    assert client.get(share.get_absolute_url()).status_code == 200


def test_nobody_else_turns_it_off_or_sees_it(as_bob: Client, track: Track, client: Client) -> None:
    share = link_to(track)
    assert as_bob.post(f"/shares/{share.pk}/revoke/").status_code == 404
    assert as_bob.post(f"/shares/{share.pk}/restore/").status_code == 404
    assert client.get(share.get_absolute_url()).status_code == 200
    assert "No links yet" in as_bob.get("/shares/").content.decode()


def test_the_list_does_not_name_what_its_owner_can_no_longer_hear(as_bob: Client, bob: Any, track: Track) -> None:
    link_to(track, owner=bob)
    Track.objects.filter(pk=track.pk).update(visibility="private", title="Renamed in secret")
    html = as_bob.get("/shares/").content.decode()
    assert "Renamed in secret" not in html
    assert "A track that you can no longer hear" in html


def test_the_list_is_never_kept(as_alice: Client) -> None:
    assert "no-store" in as_alice.get("/shares/")["Cache-Control"]


def test_more_links_cost_no_more_queries(as_alice: Client, alice: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            as_alice.get("/shares/")
        return len(asked)

    link_to(add_track(alice, album="One"))
    link_to(add_track(alice, album="One").album, owner=alice)
    few = queries()
    for number in range(40):
        link_to(add_track(alice, album=f"Album {number}"))
    assert queries() == few
    first = as_alice.get("/shares/").content.decode()
    assert first.count('class="card"') == 30
    after = first.split("?after=")[1].split('"')[0]
    assert as_alice.get(f"/shares/?after={after}").content.decode().count('class="card"') == 12


def test_more_tracks_cost_no_more_queries(alice: Any, client: Client) -> None:
    def queries(share: Share) -> int:
        page(client, share)
        with CaptureQueriesContext(connection) as asked:
            page(client, share)
        return len(asked)

    small, large = add_track(alice, album="Small", artist="One"), add_track(alice, album="Large", artist="One")
    for _ in range(60):
        add_track(alice, album="Large", artist="One")
    assert queries(link_to(small.album, owner=alice)) == queries(link_to(large.album, owner=alice)) <= 6


def test_links_go_with_the_track_the_album_and_the_account(alice: Any, bob: Any) -> None:
    one, two, three = (add_track(alice, album=name) for name in ("One", "Two", "Three"))
    link_to(one), link_to(two.album, owner=bob), link_to(three, owner=bob)
    kept = link_to(three)
    SharePlay.objects.create(share=kept, ticket="a")
    discard(Track.objects.filter(pk__in=[one.pk, two.pk]))
    assert Share.objects.count() == 2
    delete_account(bob)
    assert list(Share.objects.all()) == [kept]
    delete_account(alice)
    assert not Share.objects.exists() and not SharePlay.objects.exists()


def test_a_link_follows_its_album_into_another(alice: Any, client: Client) -> None:
    stays, goes = add_track(alice, album="Stays", artist="One"), add_track(alice, album="Goes", artist="One")
    share = link_to(goes.album, owner=alice)
    merge_albums([goes.album], stays.album)
    html = page(client, share)
    assert "Stays" in html and goes.title in html and stays.title in html


def test_a_number_that_no_database_has_room_for_is_not_there(as_alice: Client, track: Track, client: Client) -> None:
    number = "9" * 30
    assert as_alice.post(f"/shares/{number}/revoke/").status_code == 404
    for kind in ("tracks", "albums", "playlists"):
        assert as_alice.get(f"/{kind}/{number}/share/").status_code == 404
    assert client.get(f"{link_to(track).get_absolute_url()}sounds/{number}/").status_code == 404


def test_nobody_has_links_without_end(
    as_alice: Client, alice: Any, track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.links.MOST_LIVE", 2)
    monkeypatch.setattr("sharing.links.MOST_OVER", 1)
    first, second = link_to(track), link_to(track)
    refused = as_alice.post(f"/tracks/{track.pk}/share/", {"days": "7", "password": ""})
    assert refused.status_code == 422 and "Turn one off first" in refused.content.decode()
    assert Share.objects.count() == 2
    for each in (first, second):
        as_alice.post(f"/shares/{each.pk}/revoke/")
    third = link_to(track)
    assert set(Share.objects.values_list("pk", flat=True)) == {second.pk, third.pk}
