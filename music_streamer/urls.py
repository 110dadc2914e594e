from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from music_streamer import errors, health, installing, styleguide, words

admin.autodiscover()
# The site's own sign-in page, with its limits against guessing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("music.urls")),  # first, as it is asked for most: sounds, covers, lists
    path("", include("discovery.urls")),
    path("", include("social.urls")),
    path("", include("playlists.urls")),
    path("", include("sharing.urls")),
    path("", include("history.urls")),
    path("", include("scrobbling.urls")),
    path("", include("uploads.urls")),
    path("", include("users.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("words/<str:language>/<str:version>.js", words.Catalogue.as_view(), name="catalogue"),
    path("sw.js", installing.service_worker, name="service_worker"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("healthz/", health.healthz, name="healthz"),
]

handler500 = errors.server_error
