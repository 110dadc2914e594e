from django.urls import path

from discovery.views import corrections, home, lists, radio, similar, taste

urlpatterns = [
    path("", home.home, name="home"),
    path("discover/mix/<int:number>/", lists.mix, name="mix"),
    path("discover/because/<int:pk>/", lists.because, name="because"),
    path("discover/weekly/", lists.this_week, name="this_week"),
    path("discover/weekly/<str:monday>/", lists.week, name="weekly"),
    path("radio/<str:kind>/<str:key>/", radio.radio, name="radio"),
    path("radio/<str:kind>/<str:key>/more/", radio.more, name="more_radio"),
    path("similar/tracks/<int:pk>/", similar.tracks, name="similar_tracks"),
    path("similar/artists/<int:pk>/", similar.artists, name="similar_artists"),
    path("taste/", taste.taste, name="taste"),
    path("taste/correct/", corrections.correct_taste, name="correct_taste"),
    path("taste/tracks/", corrections.tracks_concerned, name="tracks_concerned"),
    path("taste/undo/", corrections.undo, name="undo_taste"),
    path("taste/reset/", taste.forget, name="reset_taste"),
    path("taste/export.json", taste.export, name="export_taste"),
]
