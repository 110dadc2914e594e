from music.models.albums import Album, AlbumAlias, album_identity
from music.models.artists import Artist, ArtistAlias, ArtistFollow, name_key
from music.models.covers import LARGE, SMALL, THUMB, cover_url, generated_cover_url
from music.models.genres import Genre, GenreAlias
from music.models.reports import TrackReport
from music.models.takedowns import BlockedSound, Takedown
from music.models.tracks import Lyrics, Track, TrackCredit, TrackTimbre, TrackWaveform

__all__ = [
    "LARGE",
    "SMALL",
    "THUMB",
    "Album",
    "AlbumAlias",
    "Artist",
    "ArtistAlias",
    "ArtistFollow",
    "BlockedSound",
    "Genre",
    "GenreAlias",
    "Lyrics",
    "Takedown",
    "Track",
    "TrackCredit",
    "TrackReport",
    "TrackTimbre",
    "TrackWaveform",
    "album_identity",
    "cover_url",
    "generated_cover_url",
    "name_key",
]
