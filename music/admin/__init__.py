from music.admin.catalogue import AlbumAdmin, ArtistAdmin, GenreAdmin
from music.admin.reports import TrackReportAdmin
from music.admin.tracks import TrackAdmin

__all__ = ["AlbumAdmin", "ArtistAdmin", "GenreAdmin", "TrackAdmin", "TrackReportAdmin"]
