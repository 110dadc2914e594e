import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from music.access import artist_for
from music.merging import merge_artists
from music.models import Artist, ArtistFollow, Track
from music.tests.catalogue import add_track
from playlists.models import Star
from social.digests import send_digests_due
from social.feed import feed_of
from social.models import WeeklyDigest
from social.new_albums import tell_of_new_albums
from social.tests.test_people import set_profile, text
from users import following
from users.deletion import delete_account
from users.models import CustomUser, Notification, UserProfile
from users.notifications import Kind, read_all, tell

NOW = timezone.now()


def follow(follower: Any, followed: Any) -> None:
    following.ask(follower, followed)
    following.accept(followed, follower)


def publish(uploader: Any, title: str, days_ago: float = 0, **more: Any) -> Track:
    track = add_track(uploader, title, **more)
    Track.objects.filter(pk=track.pk).update(added_at=NOW - timedelta(days=days_ago))
    return track


def titles(user: Any, after: str = "") -> list[str]:
    return [(each.track or each.album).title for each in feed_of(user, after).entries]


@pytest.fixture
def teller(alice: Any) -> Any:
    set_profile(alice, tells_published=True)
    return alice


def test_the_feed_has_what_those_one_follows_tell_the_latest_first(teller: Any, bob: Any, charlie: Any) -> None:
    follow(bob, teller)
    following.ask(charlie, teller)
    publish(teller, "Older", 3)
    publish(teller, "Newer", 1)
    publish(teller, "Unheard", 0, visibility="private")
    publish(teller, "Draft", 0, state="review")
    for number in range(3):
        publish(teller, f"Part {number}", 2, album="Whole", artist="Trio")
    assert titles(bob) == ["Newer", "Whole", "Older"]
    assert feed_of(bob, "").entries[1].tracks == 3
    assert titles(charlie) == titles(teller) == []
    set_profile(teller, tells_published=False)
    assert titles(bob) == []


@pytest.mark.parametrize("leave", [following.mute, following.block, following.unfollow])
def test_who_was_muted_blocked_or_left_is_not_in_the_feed(teller: Any, bob: Any, leave: Any) -> None:
    follow(bob, teller)
    publish(teller, "Song")
    assert titles(bob) == ["Song"]
    leave(bob, teller)
    assert titles(bob) == []


def test_what_becomes_private_is_gone_from_the_feed(teller: Any, bob: Any) -> None:
    follow(bob, teller)
    track = publish(teller, "Song")
    Track.objects.filter(pk=track.pk).update(visibility="private")
    assert titles(bob) == []


def test_albums_of_artists_one_follows_are_in_the_feed_once(teller: Any, bob: Any, charlie: Any) -> None:
    track = publish(charlie, "Opener", 1, album="Debut", artist="The Band")
    ArtistFollow.objects.create(user=bob, artist=track.artist)
    assert titles(bob) == ["Debut"]
    follow(bob, teller)
    publish(teller, "Closer", 0, album="Debut", artist="The Band")
    assert [each.kind for each in feed_of(bob, "").entries] == ["published"]
    publish(bob, "Mine", 0, album="My own", artist="The Band")
    assert "My own" not in titles(bob)


def test_stars_of_those_who_tell_them_are_in_the_feed(as_bob: Client, alice: Any, bob: Any, charlie: Any) -> None:
    follow(bob, alice)
    track = add_track(charlie, "Song", artist="Singer", album="Record")
    secret = add_track(charlie, "Secret", artist="Nobody", album="Hidden", visibility="private")
    for thing in (track, secret):
        for what in ({"track": thing}, {"album": thing.album}, {"artist": thing.artist}):
            Star.objects.create(user=alice, **what)
    assert feed_of(bob, "").entries == []
    set_profile(alice, tells_starred=True)
    page = text(as_bob, "/following/")
    assert page.count(" starred</p>") == 3
    assert all(name in page for name in ("Song", "Record", "Singer"))
    assert not any(name in page for name in ("Secret", "Hidden", "Nobody"))
    Star.objects.filter(track=track).delete()
    assert [each.artist.name if each.artist else each.album.title for each in feed_of(bob, "").entries] == [
        "Singer",
        "Record",
    ]


def test_the_pages_of_a_feed_have_everything_once_also_of_one_moment(teller: Any, bob: Any) -> None:
    follow(bob, teller)
    for number in range(70):
        publish(teller, f"S{number}", album=f"A{number}" if number % 2 else "", artist=f"X{number}")
        if number % 2:
            ArtistFollow.objects.create(user=bob, artist=Artist.objects.get(name=f"X{number}"))
    Track.objects.update(added_at=NOW)
    seen, after = [], ""
    for _ in range(20):
        page = feed_of(bob, after)
        seen += [(each.kind, each.key) for each in page.entries]
        after = page.next_cursor
        if not after:
            break
    assert len(seen) == len(set(seen))
    assert sum(kind == "published" for kind, _key in seen) == 70


def test_a_cursor_that_is_none_of_ours_begins_at_the_start(as_bob: Client, teller: Any, bob: Any) -> None:
    follow(bob, teller)
    publish(teller, "Song")
    for after in ("nonsense", "x" * 500, "%00"):
        assert "Song" in text(as_bob, f"/following/?after={after}")


def test_a_feed_of_any_length_costs_the_same(as_bob: Client, teller: Any, bob: Any) -> None:
    def queries() -> int:
        as_bob.get("/following/")
        with CaptureQueriesContext(connection) as captured:
            assert as_bob.get("/following/").status_code == 200
        return len(captured)

    follow(bob, teller)
    track = publish(teller, "S", album="A", artist="B")
    ArtistFollow.objects.create(user=bob, artist=track.artist)
    few = queries()
    first = Track.objects.get(pk=track.pk)
    columns = [field.attname for field in Track._meta.concrete_fields if not field.primary_key]
    fields = {name: getattr(first, name) for name in columns}
    Track.objects.bulk_create(
        Track(**fields | {"title": f"S{number}", "audio_sha256": f"more{number:060x}", "album_id": None})
        for number in range(1000)
    )
    Track.objects.filter(pk=track.pk).update(added_at=timezone.now())  # or no album would be on the page
    assert queries() == few <= 12
    assert re.search(r'href="\?after=[^"]+"[^>]*rel="next"', text(as_bob, "/following/"))


def test_an_artist_is_followed_and_left_by_a_button(as_bob: Client, bob: Any, alice: Any) -> None:
    track = add_track(alice, "Song", artist="The Band")
    path = f"/artists/{track.artist_id}/"
    assert ">Follow<" in re.sub(r"<svg.*?</svg>", "", text(as_bob, path), flags=re.DOTALL)
    for _ in range(2):
        assert as_bob.post(f"{path}follow/", {"user": alice.pk}).url == path
    assert list(ArtistFollow.objects.values_list("user", flat=True)) == [bob.pk]
    assert "Unfollow" in text(as_bob, path)
    as_bob.post(f"{path}follow/", {"unfollow": "1"})
    assert not ArtistFollow.objects.exists()


def test_artists_of_private_tracks_cannot_be_followed(as_bob: Client, alice: Any) -> None:
    hidden = add_track(alice, "Song", artist="Hidden", visibility="private")
    for pk in (hidden.artist_id, 10**6, 10**30):
        assert as_bob.post(f"/artists/{pk}/follow/").status_code == 404
    assert artist_for(alice, hidden.artist_id)
    assert not ArtistFollow.objects.exists()


def test_followers_are_told_of_a_new_album_once(as_bob: Client, alice: Any, bob: Any, charlie: Any) -> None:
    old = publish(charlie, "Long ago", 30, album="First", artist="The Band")
    for user in (alice, bob):
        ArtistFollow.objects.create(user=user, artist=old.artist, since=NOW - timedelta(days=2))
    publish(alice, "Hello", 1, album="Second", artist="The Band")
    publish(alice, "Again", 0, album="Second", artist="The Band")
    publish(charlie, "Hidden", 1, album="Secret", artist="The Band", visibility="private")
    assert tell_of_new_albums() == 1
    assert tell_of_new_albums() == 0
    told = Notification.objects.get()
    assert (told.user, told.album.title) == (bob, "Second")
    assert "Second" in text(as_bob, "/notifications/")
    Track.objects.filter(album=told.album).update(visibility="private")
    assert "Second" not in text(as_bob, "/notifications/")


def test_old_albums_of_an_artist_who_is_merged_are_no_news(alice: Any, bob: Any) -> None:
    one = publish(alice, "T", 20, album="Old", artist="Bowie").artist
    other = publish(alice, "U", 20, album="Older", artist="David Bowie").artist
    ArtistFollow.objects.create(user=bob, artist=one, since=NOW - timedelta(days=30))
    merge_artists([one], other)
    assert ArtistFollow.objects.get().artist == other
    assert tell_of_new_albums() == 0


def test_the_bell_counts_until_all_is_read(as_alice: Client, as_bob: Client, alice: Any, bob: Any) -> None:
    assert "that you have not read" not in text(as_bob, "/history/")
    tell(bob, Kind.FOLLOWER, alice)
    assert "1 that you have not read" in text(as_bob, "/history/")
    assert "that you have not read" not in text(as_alice, "/history/")
    text(as_bob, "/notifications/")
    assert "1 that you have not read" in text(as_bob, "/history/")
    assert as_alice.post("/notifications/read/").status_code == 302
    assert "1 that you have not read" in text(as_bob, "/history/")
    as_bob.post("/notifications/read/")
    assert "that you have not read" not in text(as_bob, "/history/")


def test_a_thousand_notifications_cost_what_ten_do(as_bob: Client, bob: Any, alice: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_bob.get("/notifications/").status_code == 200
        return len(captured)

    def add(count: int) -> None:
        Notification.objects.bulk_create(
            Notification(user=bob, actor=alice, kind=Kind.INVITATION, subject="P", url=f"/p/{each}/")
            for each in range(count)
        )

    add(10)
    queries()
    few = queries()
    add(990)
    assert queries() == few <= 12
    assert "9+" in text(as_bob, "/notifications/")


def test_what_others_wrote_is_text_in_what_one_is_told(as_bob: Client, bob: Any, alice: Any) -> None:
    set_profile(alice, display_name="<script>alert(1)</script>")
    tell(bob, Kind.INVITATION, alice, subject="<script>alert(2)</script>", url="/playlists/1/")
    page = text(as_bob, "/notifications/")
    assert "&lt;script&gt;alert(2)" in page
    assert "<script>alert" not in page


def wants_digest(user: Any, *, verified: bool = True, **more: Any) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    set_profile(user, weekly_digest=True, **more)


def test_a_digest_is_sent_each_week_to_who_asked_for_it(alice: Any, bob: Any, charlie: Any, settings: Any) -> None:
    for user in (bob, charlie):
        tell(user, Kind.FOLLOWER, alice)
    wants_digest(bob)
    wants_digest(alice, display_name="A & <b>")
    assert (send_digests_due(), send_digests_due()) == (1, 0)
    [sent] = mail.outbox
    assert sent.to == [bob.email]
    assert "A & <b> follows you." in sent.body
    assert f"{settings.SITE_URL}/notifications/" in sent.body
    WeeklyDigest.objects.update(sent_at=NOW - timedelta(days=8))
    read_all(bob)
    assert send_digests_due() == 0
    tell(bob, Kind.REQUEST, alice)
    assert send_digests_due() == 1


def test_a_digest_says_nothing_that_an_earlier_one_said(alice: Any, bob: Any, charlie: Any) -> None:
    wants_digest(bob)
    tell(bob, Kind.FOLLOWER, alice)
    assert send_digests_due() == 1
    for model, moment in ((WeeklyDigest, "sent_at"), (Notification, "told_at")):
        model.objects.update(**{moment: F(moment) - timedelta(days=8)})
    assert send_digests_due() == 0
    tell(bob, Kind.FOLLOWER, charlie)
    assert send_digests_due() == 1
    assert "charlie follows you." in mail.outbox[1].body and "alice follows you." not in mail.outbox[1].body


def test_no_digest_goes_to_an_address_that_its_owner_did_not_confirm(alice: Any, bob: Any, charlie: Any) -> None:
    for user in (bob, charlie):
        tell(user, Kind.FOLLOWER, alice)
    wants_digest(bob, verified=False)
    wants_digest(charlie)
    CustomUser.objects.filter(pk=charlie.pk).update(email="somebody.else@example.org")
    assert (send_digests_due(), mail.outbox) == (0, [])
    CustomUser.objects.filter(pk=charlie.pk).update(email=charlie.email.upper())
    assert send_digests_due() == 1


def test_a_digest_is_in_the_language_of_who_gets_it(alice: Any, bob: Any, charlie: Any) -> None:
    for user, language in ((bob, "de"), (charlie, "")):
        tell(user, Kind.FOLLOWER, alice)
        wants_digest(user, language=language)
    with translation.override("fr"):
        assert send_digests_due() == 2
    assert [sent.subject for sent in mail.outbox] == ["Neues auf Music Streamer", "What is new on Music Streamer"]
    assert "alice folgt dir" in mail.outbox[0].body and "alice follows you" in mail.outbox[1].body


def test_no_digest_where_no_mail_is_sent(bob: Any, alice: Any, settings: Any) -> None:
    wants_digest(bob)
    tell(bob, Kind.FOLLOWER, alice)
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert send_digests_due() == 0
    assert not WeeklyDigest.objects.exists()


def test_what_one_is_told_goes_with_either_account(alice: Any, bob: Any) -> None:
    wants_digest(bob)
    tell(bob, Kind.FOLLOWER, alice)
    tell(alice, Kind.FOLLOWER, bob)
    send_digests_due()
    ArtistFollow.objects.create(user=bob, artist=add_track(alice, "T").artist)
    delete_account(bob)
    assert not (Notification.objects.exists() or WeeklyDigest.objects.exists() or ArtistFollow.objects.exists())
    assert UserProfile.objects.count() == 1


def test_what_nobody_can_see_any_more_rings_no_bell(as_bob: Client, alice: Any, bob: Any) -> None:
    tell(bob, Kind.FOLLOWER, alice)
    CustomUser.objects.filter(pk=alice.pk).update(is_active=False)
    assert "1 that you have not read" in text(as_bob, "/history/")
    assert "that you have not read" not in text(as_bob, "/notifications/")
    assert "that you have not read" not in text(as_bob, "/history/")
