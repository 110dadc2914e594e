from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.safestring import SafeString

from music.parts import rendered

register = template.Library()


@register.simple_tag(takes_context=True)
def playlist_rows(context: RequestContext) -> SafeString:
    """The list that plays as one queue; where it has further pages, the player goes on with them."""
    playlist = context["playlist"]
    return rendered(
        "track_rows",
        rows=context["rows"],
        in_playlist=True,
        can_edit=reverse("move_in_playlist", args=[playlist.pk]) if context["can_edit"] else "",
        shows_who=bool(context["editors"]),
        source=f"playlist:{playlist.pk}",
        source_label=playlist.name,
        queue_id="playlist-queue",
        more_radio=context["more_url"],
    )
