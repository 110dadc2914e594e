from django.apps import AppConfig


class PlaylistsConfig(AppConfig):
    name = "playlists"

    def ready(self) -> None:
        from music.files import HOLDERS_OF_COVERS
        from music.joining import WAITING
        from playlists.files.coming import fill_later
        from playlists.models import Playlist

        HOLDERS_OF_COVERS.append(Playlist)
        WAITING.append(fill_later)
