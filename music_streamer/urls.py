from django.contrib import admin
from django.urls import include, path

from music_streamer import errors, health

urlpatterns = [
    path("", include("music.urls")),
    path("", include("users.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("healthz/", health.healthz, name="healthz"),
]

handler500 = errors.server_error
