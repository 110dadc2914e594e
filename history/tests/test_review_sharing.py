"""A review is its owner's alone until they make a link, and again when they turn it off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audio.facts import COVER_SIZES
from history.models import ReviewShare
from listening.models import Rollup
from listening.rollups import rebuild
from music.files import store_cover
from music.models import Album, Track
from music.tests.catalogue import add_track
from music.tests.listens import listened
from users.deletion import delete_account
from users.models import UserProfile

MARCH = datetime(2025, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def as_charlie(charlie: Any, sign_in: Any) -> Client:
    return sign_in(charlie)


@pytest.fixture
def heard(bob: Any, alice: Any) -> list[Any]:
    """A public track once, and bob's private one twice."""
    public = add_track(alice, "Blue", artist="Nora", album="Spring")
    secret = add_track(
        bob, "Secret", artist="Hidden Artist", album="Hidden Album", genres=["Odd"], visibility="private"
    )
    listened(bob, public, MARCH)
    for hour in (1, 2):
        listened(bob, secret, MARCH + timedelta(hours=hour))
    rebuild(bob.pk, "UTC")
    return [public, secret]


def link(client: Client, said: str = "2025") -> str:
    client.post(f"/review/{said}/share/", {"on": "1"})
    return ReviewShare.objects.get(period=said).get_absolute_url()


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_nobody_sees_it_unless_there_is_a_link(as_bob: Client, bob: Any, heard: Any) -> None:
    bob.profile.listening_visible_to = UserProfile.Audience.EVERYONE
    bob.profile.save()
    html = page(as_bob, "/review/2025/")
    assert "Off: nobody but you sees this review" in html
    assert not ReviewShare.objects.exists()


def test_whoever_has_the_link_sees_it_without_an_account(
    client: Client, as_bob: Client, as_charlie: Client, heard: Any
) -> None:
    address = link(as_bob)
    for reader in (client, as_charlie):
        html = page(reader, address)
        assert "Blue" in html and "Nora" in html
        assert '<meta name="robots" content="noindex, nofollow">' in html
        assert reader.get(f"{address}wide.png")["Content-Type"] == "image/png"
        response = reader.get(address)
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Cache-Control"] == "private, no-cache"
        assert response["Referrer-Policy"] == "strict-origin"
    assert f'value="http://127.0.0.1:8000{address}"' in page(as_bob, "/review/2025/")


def test_the_link_has_a_picture_to_unfurl(client: Client, as_bob: Client, heard: Any, settings: Any) -> None:
    settings.SITE_URL = "https://music.example"
    address = link(as_bob)
    html = page(client, address)
    assert f'<meta property="og:image" content="https://music.example{address}wide.png">' in html
    assert "3 March – 31 December 2025" in html


def test_what_only_they_can_hear_is_not_named_to_others(client: Client, as_bob: Client, heard: Any) -> None:
    html = page(client, link(as_bob))
    for name in ("Secret", "Hidden Artist", "Hidden Album", "Odd"):
        assert name not in html, name
    assert "No. 2" in html and "No. 1" not in html
    own = page(as_bob, "/review/2025/")
    assert "Not named to them, as not everyone here may hear it: Hidden Artist, Secret, Hidden Album, Odd." in own


def test_the_picture_of_the_link_is_not_ones_own(client: Client, as_bob: Client, heard: Any) -> None:
    address = link(as_bob)
    assert client.get(f"{address}wide.png")["ETag"] != as_bob.get("/review/2025/wide.png")["ETag"]
    Track.objects.filter(title="Secret").update(visibility="public")
    assert client.get(f"{address}wide.png")["ETag"] == as_bob.get("/review/2025/wide.png")["ETag"]


def test_a_track_that_becomes_private_loses_its_name_at_once(client: Client, as_bob: Client, heard: Any) -> None:
    address = link(as_bob)
    heard[0].visibility = "private"
    heard[0].save()
    assert "Blue" not in page(client, address)


def test_only_this_one_review_is_shown(client: Client, as_charlie: Client, as_bob: Client, heard: Any) -> None:
    link(as_bob)
    for reader, status in ((client, 302), (as_charlie, 404)):
        assert reader.get("/listeners/bob/").status_code == status
    assert client.get("/review/2025-03/").status_code == 302
    assert "Blue" not in page(as_charlie, "/review/2025/")


def test_turned_off_it_is_gone_at_once_and_never_the_same_again(client: Client, as_bob: Client, heard: Any) -> None:
    address = link(as_bob)
    assert link(as_bob) == address
    as_bob.post("/review/2025/share/")
    for path in (address, f"{address}wide.png", f"{address}portrait.png"):
        assert client.get(path).status_code == 404
    assert link(as_bob) != address
    assert client.get(address).status_code == 404


def test_nobody_turns_on_or_off_what_is_anothers(
    client: Client, as_bob: Client, as_charlie: Client, heard: Any
) -> None:
    address = link(as_bob)
    as_charlie.post("/review/2025/share/")
    client.post("/review/2025/share/")
    assert client.get(address).status_code == 200
    assert as_bob.get("/review/2025/share/").status_code == 405


def test_an_account_that_is_away_shows_nothing(client: Client, as_bob: Client, bob: Any, heard: Any) -> None:
    address = link(as_bob)
    bob.is_active = False
    bob.save()
    assert client.get(address).status_code == 404
    assert client.get(f"{address}wide.png").status_code == 404


def test_the_link_goes_with_the_account(client: Client, as_bob: Client, bob: Any, heard: Any) -> None:
    address = link(as_bob)
    delete_account(bob)
    assert client.get(address).status_code == 404
    assert not ReviewShare.objects.exists()


def test_what_is_deleted_from_the_history_leaves_the_link_empty(
    client: Client, as_bob: Client, bob: Any, heard: Any
) -> None:
    address = link(as_bob)
    Rollup.objects.filter(user_id=bob.pk).delete()
    assert "Nothing here any more" in page(client, address)
    assert client.get(f"{address}wide.png").status_code == 404


def test_covers_are_shown_to_strangers_by_signed_names_only(client: Client, as_bob: Client, heard: Any) -> None:
    name = store_cover(dict.fromkeys(COVER_SIZES, b"RIFF picture"))
    Track.objects.filter(title="Blue").update(cover=name)
    Album.objects.filter(title="Spring").update(cover=name)
    address = link(as_bob)
    html = page(client, address)
    [cover, *_others] = [part.split('"')[0] for part in html.split('src="')[1:] if "/covers/" in part and name in part]
    shown = client.get(cover)
    assert shown["Content-Type"] == "image/webp"
    assert b"".join(shown.streaming_content)[:4] == b"RIFF"  # type: ignore[attr-defined]
    assert client.get(cover.replace(name, "0" * 32)).status_code == 404
    assert client.get(f"/covers/{name}-320.webp").status_code == 302
    as_bob.post("/review/2025/share/")
    assert client.get(cover).status_code == 404


def test_a_stranger_lets_nothing_be_written_or_summed_up(client: Client, as_bob: Client, bob: Any, heard: Any) -> None:
    address = link(as_bob)
    listened(bob, heard[0], MARCH + timedelta(days=1))
    for path in (address, f"{address}wide.png"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert not [query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "--"))]


def test_more_listens_cost_a_stranger_no_more_queries(client: Client, as_bob: Client, bob: Any, alice: Any) -> None:
    def asked() -> int:
        rebuild(bob.pk, "UTC")
        with CaptureQueriesContext(connection) as queries:
            page(client, address)
        return len(queries)

    tracks = [add_track(alice, f"T{number}", album=f"A{number}", genres=[f"G{number}"]) for number in range(12)]
    for track in tracks[:2]:
        for day in (-80, 0, 40):
            listened(bob, track, MARCH + timedelta(days=day))
    rebuild(bob.pk, "UTC")
    address = link(as_bob)
    few = asked()
    for number, track in enumerate(tracks * 4):
        listened(bob, track, MARCH + timedelta(hours=7 * number))
    assert asked() == few


def test_the_settings_list_what_is_shown_and_turn_it_off(as_bob: Client, client: Client, heard: Any) -> None:
    address = link(as_bob, "2025-03")
    assert "March 2025" in page(as_bob, "/settings/listening/")
    as_bob.post("/review/2025-03/share/", {"next": "/settings/listening/"})
    assert "March 2025" not in page(as_bob, "/settings/listening/")
    assert client.get(address).status_code == 404


def test_a_review_has_one_link(bob: Any) -> None:
    ReviewShare.objects.create(user=bob, period="2025")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewShare.objects.create(user=bob, period="2025")


@pytest.mark.parametrize("path", ["", "wide.png", "covers/made-up.webp"])
def test_links_cannot_be_guessed(path: str, client: Client, as_bob: Client, heard: Any) -> None:
    address = link(as_bob)
    guesses = [address.replace(address.split("/")[-2], f"{number:032x}") for number in range(22)]
    assert [client.get(f"{guess}{path}").status_code for guess in guesses] == [404] * 20 + [429] * 2
    # Who has used up the guesses does not learn that this is a right one.
    answer = client.get(address)
    assert (answer.status_code, answer["X-Robots-Tag"]) == (429, "noindex, nofollow")
    assert Client(REMOTE_ADDR="10.1.1.1").get(address).status_code == 200


def test_nobody_has_pictures_drawn_without_end(client: Client, as_bob: Client, heard: Any) -> None:
    address = link(as_bob)
    statuses = [client.get(f"{address}wide.png").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert client.get(address).status_code == 200
    assert Client(REMOTE_ADDR="10.1.1.1").get(f"{address}wide.png").status_code == 200
