from django.contrib.auth.decorators import login_not_required
from django.urls import path

from users import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/delete/", views.delete, name="delete_account"),
    path("theme/", login_not_required(views.theme), name="theme"),
]
