from playlists.models.editors import Editor
from playlists.models.folders import Folder
from playlists.models.items import PlaylistItem
from playlists.models.playlists import Playlist, new_secret
from playlists.models.queues import PlayQueue
from playlists.models.stars import Rating, Star

__all__ = ["Editor", "Folder", "PlayQueue", "Playlist", "PlaylistItem", "Rating", "Star", "new_secret"]
