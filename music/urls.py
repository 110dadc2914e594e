from django.urls import path, re_path

from music.views import browse, catalogue, edit, keep, media, report, search, takedown, track, trash

urlpatterns = [
    path("tracks/", browse.tracks, name="browse"),
    path("tracks/<int:pk>/", track.track, name="track"),
    path("tracks/<int:pk>/playing.json", track.playing, name="playing"),
    path("tracks/<int:pk>/waveform.svg", media.waveform, name="waveform"),
    path("tracks/<int:pk>/edit/", edit.edit, name="edit_track"),
    path("tracks/<int:pk>/make-public/", track.show_to, {"visibility": "public"}, name="make_public"),
    path("tracks/<int:pk>/make-private/", track.show_to, {"visibility": "private"}, name="make_private"),
    path("tracks/<int:pk>/trash/", trash.move_to_trash, name="trash_track"),
    path("tracks/<int:pk>/report/", report.report, name="report_track"),
    path("tracks/<int:pk>/appeal/", takedown.appeal, name="appeal"),
    path("tracks/edit/", edit.edit_many, name="edit_tracks"),
    path("tracks/undo-trash/", trash.undo_trash, name="undo_trash"),
    path("albums/", browse.albums, name="albums"),
    path("artists/", browse.artists, name="artists"),
    path("genres/", browse.genres, name="genres"),
    path("artists/<int:pk>/", catalogue.artist, name="artist"),
    path("albums/<int:pk>/", catalogue.album, name="album"),
    path("genres/<str:slug>/", catalogue.genre, name="genre"),
    path("offline/", keep.kept, name="kept"),
    path("offline/tracks/", keep.still_there, name="still_there"),
    path("offline/tracks/<int:pk>/", keep.keep_track, name="keep_track"),
    path("offline/albums/<int:pk>/", keep.keep_album, name="keep_album"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.suggestions, name="suggestions"),
    path("stream/<int:pk>/", media.stream_track, name="stream"),
    re_path(r"^covers/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$", media.cover, name="cover"),
    path("covers/<str:seed>.svg", media.generated, name="generated_cover"),
]
