from django.urls import path, re_path

from scrobbling.views import devices, listenbrainz, services

urlpatterns = [
    path("settings/devices/", devices.devices, name="devices"),
    path("settings/devices/<int:pk>/revoke/", devices.revoke_device, name="revoke_device"),
    path("settings/services/", services.services, name="services"),
    path("settings/services/listenbrainz/", services.connect_listenbrainz, name="connect_listenbrainz"),
    path("settings/services/lastfm/allowed/<str:state>/", services.lastfm_allowed, name="lastfm_allowed"),
    path("settings/services/<str:service>/state/", services.service_state, name="service_state"),
    path("settings/services/<str:service>/disconnect/", services.disconnect_service, name="disconnect_service"),
    path("settings/services/<str:service>/dismiss/", services.dismiss_service_notice, name="dismiss_service_notice"),
    re_path(r"^1/validate-token/?$", listenbrainz.validate_token),
    re_path(r"^1/submit-listens/?$", listenbrainz.submit_listens),
    re_path(r"^1/user/(?P<user_name>[^/]+)/listens/?$", listenbrainz.listens),
    re_path(r"^1/user/(?P<user_name>[^/]+)/listen-count/?$", listenbrainz.listen_count),
    re_path(r"^1/user/(?P<user_name>[^/]+)/playing-now/?$", listenbrainz.playing_now),
]
