from django.urls import path

from discovery.views import corrections, home, taste

urlpatterns = [
    path("", home.home, name="home"),
    path("taste/", taste.taste, name="taste"),
    path("taste/correct/", corrections.correct_taste, name="correct_taste"),
    path("taste/undo/", corrections.undo, name="undo_taste"),
    path("taste/reset/", taste.forget, name="reset_taste"),
    path("taste/export.json", taste.export, name="export_taste"),
]
