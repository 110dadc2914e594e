from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.i18n import set_language

from users import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/people/", views.people_settings, name="people_settings"),
    re_path(r"^avatars/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$", views.avatar, name="avatar"),
    path("profile/delete/", views.delete, name="delete_account"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("theme/", login_not_required(views.theme), name="theme"),
]
