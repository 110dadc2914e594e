from playlists.models.editors import Editor
from playlists.models.folders import Folder
from playlists.models.items import PlaylistItem
from playlists.models.missing import MissingTrack
from playlists.models.playlists import Playlist
from playlists.models.queues import PlayQueue
from playlists.models.showing import new_secret
from playlists.models.smart import SmartPlaylist
from playlists.models.stars import Rating, Star

__all__ = [
    "Editor",
    "Folder",
    "MissingTrack",
    "PlayQueue",
    "Playlist",
    "PlaylistItem",
    "Rating",
    "SmartPlaylist",
    "Star",
    "new_secret",
]
