from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from users import inviting, security, views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/people/", views.people_settings, name="people_settings"),
    re_path(r"^avatars/(?P<name>[0-9a-f]{32})-(?P<size>\d{2,3})\.webp$", views.avatar, name="avatar"),
    path("profile/delete/", views.delete, name="delete_account"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("settings/security/", security.security, name="security"),
    path("settings/security/sessions/<int:pk>/end/", security.end_session, name="end_session"),
    path("settings/security/sessions/end-others/", security.end_other_sessions, name="end_other_sessions"),
    path("settings/invitations/", inviting.invitations, name="invitations"),
    path("settings/invitations/<int:pk>/revoke/", inviting.revoke_invitation, name="revoke_invitation"),
    path("invited/<str:token>/", inviting.invited, name="invited"),
    path("accounts/waiting/", inviting.waiting, name="waiting"),
    # allauth sends people to pages of its own, which the one above stands for.
    path("accounts/2fa/", RedirectView.as_view(pattern_name="security")),
    path("accounts/2fa/webauthn/", RedirectView.as_view(pattern_name="security")),
    path("theme/", login_not_required(views.theme), name="theme"),
]
