"""Albums, artists and genres as a grid shows them."""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from music.albums import AlbumRow, ArtistRow
from music.links import link
from music.models import Artist, Genre, generated_cover_url
from music.rows import TrackRow


class Card(NamedTuple):
    href: str
    picture: str
    title: str
    text: str = ""
    whole: str = ""  # where the player gets its tracks from


def album_cards(albums: Iterable[AlbumRow], *, of_one_artist: bool = False) -> list[Card]:
    """Under the title stand artist and year; on the artist's own page the year alone."""
    return [
        Card(
            album.get_absolute_url(),
            album.cover_url,
            album.title,
            _line(album, with_artist=not of_one_artist),
            whole=link("whole_album", album.pk),
        )
        for album in albums
    ]


def artist_cards(artists: Iterable[Artist | ArtistRow]) -> list[Card]:
    return [_artist_card(artist.pk, artist.cover_url, artist.name) for artist in artists]


def cards_of_artists(rows: Iterable[TrackRow], most: int) -> list[Card]:
    """The first artists of these tracks, each once."""
    names = {row.artist_id: row.artist_name for row in rows}
    return [_artist_card(pk, generated_cover_url("artist", pk), names[pk]) for pk in islice(names, most)]


def _artist_card(pk: int, picture: str, name: str) -> Card:
    return Card(link("artist", pk), picture, name, whole=link("whole_artist", pk))


def genre_cards(genres: Iterable[Genre]) -> list[Card]:
    return [Card(genre.get_absolute_url(), genre.cover_url, genre.name) for genre in genres]


def _line(album: AlbumRow, *, with_artist: bool) -> str:
    parts = [album.artist_name if with_artist else "", str(album.first_year or "")]
    return " · ".join(filter(None, parts))
