from django.urls import path

from playlists import views
from playlists.stars import views as stars

urlpatterns = [
    path("queue/", views.play_queue, name="play_queue"),
    path("stars/", stars.stars, name="stars"),
    path("ratings/", stars.ratings, name="ratings"),
    path("playlists/starred/", stars.starred, name="starred"),
    path("playlists/starred/<str:shelf>/", stars.starred, name="starred_shelf"),
]
