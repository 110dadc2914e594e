from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from users import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/people/", views.people_settings, name="people_settings"),
    re_path(r"^avatars/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$", views.avatar, name="avatar"),
    path("profile/delete/", views.delete, name="delete_account"),
    path("theme/", login_not_required(views.theme), name="theme"),
]
