from django.urls import path

from history.views import history, listens

urlpatterns = [
    path("history/", history.history, name="history"),
    path("listens/start/", listens.start, name="listen_start"),
    path("listens/<uuid:event_id>/progress/", listens.progress, name="listen_progress"),
    path("listens/<uuid:event_id>/complete/", listens.complete, name="listen_complete"),
]
