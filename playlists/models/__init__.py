from playlists.models.editors import Editor
from playlists.models.folders import Folder
from playlists.models.items import PlaylistItem
from playlists.models.playlists import Playlist, new_secret
from playlists.models.queues import PlayQueue

__all__ = ["Editor", "Folder", "PlayQueue", "Playlist", "PlaylistItem", "new_secret"]
