from music.search.ask import find_tracks, get_ready, matching
from music.search.index import differences, how_many, index_names, index_tracks, rebuild
from music.search.suggestions import Suggestions, corrected, find_albums, find_artists, suggest

__all__ = [
    "Suggestions",
    "corrected",
    "differences",
    "find_albums",
    "find_artists",
    "find_tracks",
    "get_ready",
    "how_many",
    "index_names",
    "index_tracks",
    "matching",
    "rebuild",
    "suggest",
]
