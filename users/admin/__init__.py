from users.admin.audit import LogEntryAdmin
from users.admin.people import CustomUserAdmin
from users.admin.signing_up import InvitationAdmin, SignUpPolicyAdmin, SignUpRequestAdmin

__all__ = ["CustomUserAdmin", "InvitationAdmin", "LogEntryAdmin", "SignUpPolicyAdmin", "SignUpRequestAdmin"]
