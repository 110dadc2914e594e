import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin

from users.admin.audit import LogEntryAdmin
from users.admin.people import CustomUserAdmin
from users.admin.sessions import UserSessionAdmin
from users.admin.signing_up import InvitationAdmin, SignUpPolicyAdmin, SignUpRequestAdmin
from users.admin.takedowns import BlockedSoundAdmin, TakedownAdmin

# With these pages a superuser's account could be taken over, past what `users.admin.people` guards.
admin.site.unregister([EmailAddress, Authenticator])

__all__ = [
    "BlockedSoundAdmin",
    "CustomUserAdmin",
    "InvitationAdmin",
    "LogEntryAdmin",
    "SignUpPolicyAdmin",
    "SignUpRequestAdmin",
    "TakedownAdmin",
    "UserSessionAdmin",
]
