from django.urls import path

from playlists import views

urlpatterns = [
    path("queue/", views.play_queue, name="play_queue"),
]
