from django.apps import AppConfig


class PlaylistsConfig(AppConfig):
    name = "playlists"

    def ready(self) -> None:
        from music.files import HOLDERS_OF_COVERS
        from playlists.models import Playlist

        HOLDERS_OF_COVERS.append(Playlist)
