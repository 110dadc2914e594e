"""What listeners say is wrong, as a queue: the open ones first, each answered by one of the actions."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.log import note
from music.admin.portions import in_portions
from music.admin.taking_down import MOST_AT_ONCE, ask_about
from music.changes import TrackChanges
from music.editing import edit_tracks
from music.models import Takedown, Track, TrackReport
from music.removal import trash


class OpenFilter(admin.SimpleListFilter):
    """Shows what is still to be done unless one asks for more."""

    title = _("dealt with")
    parameter_name = "resolved"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("No")}
        yield from others

    def queryset(self, request: HttpRequest, reports: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return reports
        return reports.filter(resolved_at__isnull=self.value() != "yes")


@admin.register(TrackReport)
class TrackReportAdmin(admin.ModelAdmin):
    list_display = ["reason", "track_link", "page", "short_note", "reporter", "created_at", "resolved_at"]
    list_display_links = ["reason"]
    list_filter = [OpenFilter, "reason", "created_at"]
    list_select_related = ["track__artist", "reporter"]
    search_fields = ["track__title", "track__artist__name", "note", "reporter__username"]
    ordering = [F("resolved_at").desc(nulls_first=True), "-pk"]
    readonly_fields = [
        "track_link", "page", "reason", "note", "reporter", "created_at", "resolved_at", "resolved_by",
    ]  # fmt: skip
    exclude = ["track"]
    actions = ["dismiss", "make_private", "move_to_trash", "take_down"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("track"))
    def track_link(self, report: TrackReport) -> SafeString:
        url = reverse("admin:music_track_change", args=[report.track_id])
        return format_html('<a href="{}">{} – {}</a>', url, report.track.title, report.track.credited)

    @admin.display(description=_("listen"))
    def page(self, report: TrackReport) -> SafeString | str:
        if report.track.state != Track.State.PUBLISHED or report.track.visibility != Track.Visibility.PUBLIC:
            return report.track.get_state_display()
        return format_html('<a href="{}">{}</a>', report.track.get_absolute_url(), _("Play"))

    @admin.display(description=_("note"))
    def short_note(self, report: TrackReport) -> str:
        return Truncator(report.note).chars(80)

    @admin.action(description=_("Dismiss: nothing is wrong"), permissions=["change"])
    def dismiss(self, request: HttpRequest, reports: QuerySet[Any]) -> None:
        count = 0
        for some in in_portions(reports):
            note(request, some, gettext("Dismissed."))
            count += self._resolve(request, some)
        self._tell(request, count)

    @admin.action(description=_("Make the tracks private"), permissions=["change"])
    def make_private(self, request: HttpRequest, reports: QuerySet[Any]) -> None:
        count = 0
        for tracks in in_portions(self._tracks_of(reports)):
            note(request, tracks, gettext("Made private after a report."))
            edit_tracks(tracks.exclude(visibility=Track.Visibility.PRIVATE), TrackChanges(visibility="private"))
            count += self._resolve(request, TrackReport.objects.filter(track__in=tracks))
        self._tell(request, count)

    @admin.action(description=_("Move the tracks to the trash"), permissions=["change"])
    def move_to_trash(self, request: HttpRequest, reports: QuerySet[Any]) -> None:
        count = 0
        for tracks in in_portions(self._tracks_of(reports)):
            note(request, tracks, gettext("Moved to the trash after a report."))
            trash(tracks)
            count += self._resolve(request, TrackReport.objects.filter(track__in=tracks))
        self._tell(request, count)

    @admin.action(description=_("Take the tracks down…"), permissions=["change"])
    def take_down(self, request: HttpRequest, reports: QuerySet[Any]) -> HttpResponse | None:
        tracks = reports.order_by().values_list("track", flat=True).distinct()
        return ask_about(request, tracks[: MOST_AT_ONCE + 1])

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        appeals = Takedown.objects.to_answer().count()
        words = ngettext("%d appeal to answer", "%d appeals to answer", appeals) % appeals
        link = format_html('<a href="{}">{}</a>', reverse("admin:music_takedown_changelist"), words)
        return super().changelist_view(request, {"subtitle": link, **(extra_context or {})})

    def _tracks_of(self, reports: QuerySet[Any]) -> QuerySet[Any]:
        """Whatever else is open about a track is answered with it."""
        return Track.objects.filter(pk__in=reports.order_by().values("track"))

    def _resolve(self, request: HttpRequest, reports: QuerySet[Any]) -> int:
        return reports.filter(resolved_at=None).update(resolved_at=timezone.now(), resolved_by=request.user)

    def _tell(self, request: HttpRequest, count: int) -> None:
        self.message_user(request, ngettext("%d report dealt with.", "%d reports dealt with.", count) % count)
