from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse

from scrobbling.models import ServiceConnection
from scrobbling.offered import offered

register = template.Library()


@register.inclusion_tag("scrobbling/_notices.html", takes_context=True)
def service_notices(context: RequestContext) -> dict[str, Any]:
    """Services that the user is no longer connected to, until they have seen to it; their own page says it anyway."""
    request = context["request"]
    if request.path.startswith(reverse("services")):
        return {}
    lost = ServiceConnection.objects.filter(user=context["user"], is_unread=True).order_by("service")
    return {"lost": lost, "path": request.get_full_path(), "csrf_token": context.get("csrf_token")}


@register.simple_tag
def has_services() -> bool:
    return bool(offered())
