from django.urls import path

from sharing.views import oembed, own, visitor

urlpatterns = [
    path("shares/", own.shares, name="shares"),
    path("shares/<int:pk>/revoke/", own.revoke_share, name="revoke_share"),
    path("shares/<int:pk>/restore/", own.restore_share, name="restore_share"),
    path("tracks/<int:pk>/share/", own.share, {"kind": "track"}, name="share_track"),
    path("albums/<int:pk>/share/", own.share, {"kind": "album"}, name="share_album"),
    path("playlists/<int:pk>/share/", own.share, {"kind": "playlist"}, name="share_playlist"),
    path("s/<str:secret>/", visitor.shared, name="shared"),
    path("s/<str:secret>/embed/", visitor.embed, name="shared_embed"),
    path("s/<str:secret>/sounds/<int:pk>/", visitor.sound_address, name="shared_sound_address"),
    path("shared/sounds/<str:signed>/", visitor.sound, name="shared_sound"),
    path("shared/sounds/<str:signed>/played/", visitor.played, name="shared_played"),
    path("shared/pictures/<str:signed>.webp", visitor.shared_picture, name="shared_picture"),
    path("oembed/", oembed.oembed, name="oembed"),
]
