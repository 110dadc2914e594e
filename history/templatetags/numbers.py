"""The page of the numbers: its charts, lists and words in two drawings, as Jinja2 makes them (music/jinja.py)."""

from datetime import date

from django import template
from django.template import RequestContext, engines
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from history.numbers import Numbers, amount
from history.templatetags.charts import calendar_chart, clock_chart, grouped, percent, places, river_chart

register = template.Library()


@register.simple_tag(takes_context=True)
def numbers_head(context: RequestContext, title: str) -> SafeString:
    """What the numbers are of, and the ways to others."""
    shown = {name: context[name] for name in ("numbers", "choices", "before", "after", "review")}
    return _drawn("head", title=title, **shown)


@register.simple_tag(takes_context=True)
def numbers_figures(context: RequestContext) -> SafeString:
    numbers: Numbers = context["numbers"]
    total = numbers.figures.total
    return _drawn(
        "figures",
        numbers=numbers,
        said=context["said"],
        totals=[(name, _amount(numbers, name), change) for name, change in context["totals"]],
        plays=grouped(total.plays),
        finished=percent(total.completed, total.plays),
        skipped=percent(total.skipped, total.plays),
        tops=[
            (what, title, places(rows, title, what == "artists") if rows else "")
            for what, title, rows in context["tops"]
        ],
        now=numbers.current_streak,
        longest=numbers.longest_streak,
        clock=clock_chart(numbers),
        calendar=calendar_chart(numbers),
        river=river_chart(numbers) if numbers.river else "",
        date=_date,
    )


def _amount(numbers: Numbers, name: str) -> str:
    return "–" if name == "minutes" and not numbers.knows_time else grouped(amount(numbers.figures, name))


def _date(day: date, as_: str = "DATE_FORMAT") -> str:
    return date_format(day, as_)


def _drawn(name: str, **context: object) -> SafeString:
    return SafeString(engines["jinja2"].get_template(f"numbers/{name}.jinja").render(context))
