from django.contrib import admin

from music.admin.catalogue import AlbumAdmin, ArtistAdmin, GenreAdmin
from music.admin.deleting import delete_selected
from music.admin.reports import TrackReportAdmin
from music.admin.tracks import TrackAdmin

__all__ = ["AlbumAdmin", "ArtistAdmin", "GenreAdmin", "TrackAdmin", "TrackReportAdmin"]

admin.site.add_action(delete_selected, "delete_selected")
