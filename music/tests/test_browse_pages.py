"""The pages of an artist, an album and a genre."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from listening.rules import apply, begin
from listening.store import Event, StoreAway, listen_store
from music import browsing
from music.cataloguing import artist_named
from music.models import Album, Artist, Track, TrackCredit
from music.querysets import visible
from music.tests.catalogue import add_track

NOW = datetime.now(UTC)


def finish(user: Any, track: Track) -> None:
    listen = begin(
        user_id=user.pk, event_id=str(uuid.uuid4()), track_id=track.pk, title=track.title, artist_id=track.artist_id,
        artist_name=track.artist.name, genres=[], duration_ms=track.duration_ms, received_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    listen_store().add_all([apply(listen, Event("complete", track.duration_ms, NOW))])


def guest_on(track: Track, name: str) -> Artist:
    guest = artist_named(name)
    TrackCredit.objects.create(track=track, artist=guest, position=1)
    Track.objects.filter(pk=track.pk).update(credit=f"{track.artist.name} feat. {name}")
    return guest


def titles(rows: Any) -> list[str]:
    return [row.title for row in rows]


def album_of(track: Track, **changed: Any) -> None:
    Album.objects.filter(pk=track.album_id).update(**changed)


def test_a_discography_is_shelved_by_kind_and_goes_by_year(as_bob: Client, alice: Any) -> None:
    for title, kind, year in [("b", "album", 1980), ("a", "album", None), ("c", "album", 1990), ("d", "live", 1985)]:
        album_of(add_track(alice, artist="Queen", album=title), kind=kind, year=year)
    album_of(add_track(alice, artist="Queen", album="unheard", visibility="private"), year=1999)
    context = as_bob.get(Artist.objects.get().get_absolute_url()).context
    assert [(str(kind), titles(cards)) for kind, cards in context["shelves"]] == [
        ("Albums", ["c", "b", "a"]),
        ("Live", ["d"]),
    ]


def test_a_guest_has_a_page_with_the_track_and_the_album_of_others(as_bob: Client, alice: Any) -> None:
    track = add_track(alice, "Under Pressure", artist="Queen", album="Hot Space")
    secret = add_track(alice, "Secret", artist="Queen", album="Hidden Space", visibility="private")
    bowie = guest_on(track, "David Bowie")
    TrackCredit.objects.create(track=secret, artist=bowie, position=1)
    response = as_bob.get(bowie.get_absolute_url())
    assert titles(response.context["tracks"]) == ["Under Pressure"]
    assert titles(response.context["also_on"]) == ["Hot Space"]
    assert response.context["shelves"] == []
    assert "Queen feat. David Bowie" in response.content.decode()


def test_whose_tracks_are_all_hidden_has_no_page(as_bob: Client, alice: Any) -> None:
    guest = guest_on(add_track(alice, visibility="private"), "Ghost")
    assert as_bob.get(guest.get_absolute_url()).status_code == 404


def test_popular_here_is_what_most_people_finished_and_one_may_hear(
    as_bob: Client, alice: Any, bob: Any, charlie: Any
) -> None:
    loved, liked, hidden, unheard = (add_track(alice, title, artist="Queen") for title in ("1", "2", "3", "4"))
    for user, track in [(alice, loved), (bob, loved), (charlie, liked), (alice, hidden), (bob, hidden)]:
        finish(user, track)
    Track.objects.filter(pk=hidden.pk).update(visibility="private")
    context = as_bob.get(unheard.artist.get_absolute_url()).context
    assert titles(context["top"]) == ["1", "2"]


def test_an_artists_page_comes_without_the_listen_store(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_asked: Any) -> Any:
        raise StoreAway

    track = add_track(alice, "still here", artist="Queen")
    monkeypatch.setattr(type(listen_store()), "popular_of_artist", away)
    response = as_bob.get(track.artist.get_absolute_url())
    assert response.context["top"] == []
    assert titles(response.context["tracks"]) == ["still here"]


def test_an_album_names_its_discs_and_adds_up_what_one_may_hear(as_bob: Client, alice: Any) -> None:
    for title, disc, number in [("d", 2, 1), ("b", 1, 2), ("a", 1, 1)]:
        add_track(
            alice, title, artist="One", album="Discs", disc_number=disc, track_number=number,
            disc_subtitle="The Encore" if disc == 2 else "",
        )  # fmt: skip
    add_track(alice, "hidden", artist="One", album="Discs", visibility="private")
    response = as_bob.get(Album.objects.get().get_absolute_url())
    page = response.content.decode()
    assert response.context["total"] == {"count": 3, "duration_ms": 180_000}
    assert page.index("Disc 1") < page.index(">a<") < page.index("Disc 2 · The Encore") < page.index(">d<")


def test_an_album_of_one_disc_has_no_heading_for_it(as_bob: Client, alice: Any) -> None:
    track = add_track(alice, album="Short", disc_number=1, track_number=1)
    assert "Disc 1" not in as_bob.get(track.album.get_absolute_url()).content.decode()


def test_a_long_album_is_paged_in_its_order(as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("music.views.catalogue.PAGE_SIZE", 3)
    places = [(None, None), (1, 1), (1, 2), (1, 2), (1, None), (2, 1), (2, 1), (2, None)]
    for number, (disc, place) in enumerate(places):
        more = {"disc_number": disc, "track_number": place}
        add_track(alice, f"Title {number}", artist="One", album="Long", **more)
    address = Album.objects.get().get_absolute_url()
    seen: list[str] = []
    after = "start"
    while after:
        context = as_bob.get(address, {"after": after}).context
        seen += titles(context["tracks"])
        after = context["page"].next_cursor
        assert context["total"]["count"] == len(places)
    assert seen == [f"Title {number}" for number in range(len(places))]


def test_an_album_leads_to_the_others_of_its_artist(as_bob: Client, alice: Any) -> None:
    for title in ("this", "that"):
        add_track(alice, artist="One", album=title)
    add_track(alice, artist="Two", album="elsewhere")
    more = as_bob.get(Album.objects.get(title="this").get_absolute_url()).context["more"]
    assert titles(more) == ["that"]


def test_a_genre_can_be_narrowed_down_further(as_bob: Client, alice: Any) -> None:
    add_track(alice, "old", artist="Ella", genres=["Jazz"], year=1955)
    add_track(alice, "new", artist="Esperanza", genres=["Jazz"], year=2016)
    add_track(alice, "other", genres=["Rock"], year=1955)
    response = as_bob.get("/genres/jazz/?decade=1950")
    assert titles(response.context["tracks"]) == ["old"]
    assert response.context["filters"].chips == (("1950s", "/genres/jazz/"),)
    assert titles(response.context["artists"]) == ["Ella"]
    assert "genre" not in [field.name for field in response.context["filters"].fields]


def test_a_cursor_of_another_list_is_the_beginning(as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "PAGE_SIZE", 1)
    for title in ("b", "a"):
        add_track(alice, title, artist="One", album="Short")
    cursor = as_bob.get("/tracks/").context["page"].next_cursor
    page = as_bob.get(Album.objects.get().get_absolute_url(), {"after": cursor})
    assert titles(page.context["tracks"]) == ["a", "b"]


def test_of_very_many_albums_the_page_leads_to_all(as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("music.discography.MOST_ALBUMS", 2)
    for title in ("a", "b"):
        add_track(alice, artist="Prolific", album=title)
    artist = Artist.objects.get()
    address = f"/albums/?artist={artist.pk}"
    assert address not in as_bob.get(artist.get_absolute_url()).content.decode()
    add_track(alice, artist="Prolific", album="c")
    add_track(alice, artist="Other", album="d")
    assert address in as_bob.get(artist.get_absolute_url()).content.decode()
    assert titles(as_bob.get(address).context["cards"]) == ["a", "b", "c"]
    assert len(as_bob.get("/albums/?artist=nobody").context["cards"]) == 4


def test_a_stranger_sees_nothing_not_even_what_belongs_to_nobody(alice: Any) -> None:
    track = add_track(alice, visibility="private")
    add_track(alice)
    Track.objects.filter(pk=track.pk).update(uploader=None)
    stranger = AnonymousUser()
    assert not Track.objects.visible_to(stranger).exists()
    assert not TrackCredit.objects.filter(visible(stranger, "track__")).exists()
    assert not Album.objects.visible_to(stranger).exists()


@pytest.mark.parametrize("credit", ["", "x-credit"])
def test_no_text_of_a_row_is_ever_html(as_bob: Client, alice: Any, credit: str) -> None:
    def nasty(name: str) -> str:
        return f"{name}\"'><b>%s{{{{ 7 }}}}&amp;"

    texts = {name: nasty(f"x-{name}") for name in ("title", "artist", "album", "disc_subtitle")}
    for disc in (1, 2):
        track = add_track(alice, **texts, credit=credit and nasty(credit), genres=[nasty("x-genre")], disc_number=disc)
    for path in ("/", "/tracks/", track.album.get_absolute_url(), track.artist.get_absolute_url()):
        html = as_bob.get(path).content.decode()
        shown = re.findall(r"(?<!\w)x-\w+(?:&quot;|&#34;|\"|').{12}", html)
        assert shown
        assert all(re.match(r"x-\w+(&quot;|&#34;)(&#x27;|&#39;)&gt;", text) for text in shown), (path, shown)
        assert "<b>" not in html
        assert "&amp;amp;" in html


def test_the_rows_of_a_genre_show_that_genre(as_bob: Client, alice: Any) -> None:
    add_track(alice, genres=["Ambient", "Jazz"])
    for address in ("/genres/jazz/", "/genres/jazz/?sort=title", "/tracks/?genre=jazz"):
        assert [row.genre for row in as_bob.get(address).context["tracks"]] == [("jazz", "Jazz")]
    assert [row.genre for row in as_bob.get("/tracks/").context["tracks"]] == [("ambient", "Ambient")]


def test_the_page_of_an_artist_stays_the_same_size(as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("music.discography.MOST_ALBUMS", 2)
    monkeypatch.setattr("music.discography.ALSO_ON", 2)
    queen = artist_named("Queen")
    for number in range(4):
        album_of(add_track(alice, artist="Queen", album=f"own {number}"), year=1980 + number)
        TrackCredit.objects.create(
            track=add_track(alice, artist="Others", album=f"theirs {number}"), artist=queen, position=1
        )
    context = as_bob.get(queen.get_absolute_url()).context
    assert [titles(cards) for _kind, cards in context["shelves"]] == [["own 3", "own 2"]]
    assert sorted(titles(context["also_on"])) == ["theirs 2", "theirs 3"]
