from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from users.invitations import may_invite
from users.models import SignUpPolicy

register = template.Library()


@register.filter
def isolated(name: object) -> SafeString:
    """A name within a sentence, read in its own direction whatever the sentence's is."""
    return format_html("<bdi>{}</bdi>", name)


@register.simple_tag
def invites(user: Any) -> bool:
    """Whether they may make invitations."""
    return may_invite(user)


@register.simple_tag
def needs_invitation() -> bool:
    return SignUpPolicy.current().mode == SignUpPolicy.Mode.INVITATION
