from django.urls import path, re_path

from scrobbling.views import devices, listenbrainz

urlpatterns = [
    path("settings/devices/", devices.devices, name="devices"),
    path("settings/devices/<int:pk>/revoke/", devices.revoke_device, name="revoke_device"),
    re_path(r"^1/validate-token/?$", listenbrainz.validate_token),
    re_path(r"^1/submit-listens/?$", listenbrainz.submit_listens),
    re_path(r"^1/user/(?P<user_name>[^/]+)/listens/?$", listenbrainz.listens),
    re_path(r"^1/user/(?P<user_name>[^/]+)/listen-count/?$", listenbrainz.listen_count),
    re_path(r"^1/user/(?P<user_name>[^/]+)/playing-now/?$", listenbrainz.playing_now),
]
