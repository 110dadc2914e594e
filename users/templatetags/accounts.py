from typing import Any

from django import template

from users.invitations import may_invite
from users.models import SignUpPolicy

register = template.Library()


@register.simple_tag
def invites(user: Any) -> bool:
    """Whether they may make invitations."""
    return may_invite(user)


@register.simple_tag
def needs_invitation() -> bool:
    return SignUpPolicy.current().mode == SignUpPolicy.Mode.INVITATION
