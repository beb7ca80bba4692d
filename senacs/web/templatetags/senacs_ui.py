"""The template library of the site: French numbers and dates, tags of state, forms in the govuk pattern."""

from datetime import date, datetime
from typing import Any

from django import forms, template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from senacs.jobs.enums import JobState
from senacs.jobs.models import BackgroundJob
from senacs.lib import french, links
from senacs.web.jobs import job_shown
from senacs.web.plain_markdown import to_html

register = template.Library()

STATE_COLOURS = {
    "draft": "yellow",
    "submitted": "blue",
    "returned": "orange",
    "validated": "green",
    "blocking": "red",
    "to_justify": "orange",
    "information": "blue",
    "open": "orange",
    "justified": "blue",
    "accepted": "green",
    "resolved": "grey",
    "asked": "yellow",
    "declined": "grey",
    "signed": "turquoise",
    "published": "green",
    JobState.DONE: "green",
    JobState.REFUSED: "orange",
    JobState.FAILED: "red",
}


register.filter("lien_web", links.web_address)
register.filter("lien_courriel", links.mail_address)
register.filter("lien_telephone", links.phone_number)


@register.filter
def nombre(value: french.Number | None, decimals: int | None = None) -> str:
    """`{{ n|nombre }}`, `{{ etp|nombre:1 }}`."""
    return french.number(value, decimals)


@register.filter
def euros(value: french.Number | None) -> str:
    return french.amount(value)


@register.filter
def pourcent(value: french.Number | None, decimals: int = 0) -> str:
    """The value is already in percent."""
    return french.percent(value, decimals)


@register.filter
def pluriel(count: french.Number, words: str) -> str:
    """`{{ 3|pluriel:"centre" }}` gives « 3 centres »; irregular words as `"cheval,chevaux"`."""
    singular, _, many = words.partition(",")
    return french.plural(count, singular, many or None)


@register.filter
def accord(count: french.Number, words: str) -> str:
    """The word alone, agreed with the count: `{{ n|accord:"envoyée" }}`."""
    singular, _, many = words.partition(",")
    return singular if -2 < count < 2 else (many or f"{singular}s")


@register.filter
def espaces(text: str) -> str:
    """A message written by hand, with the no-break spaces that French wants: no « ; » begins a line."""
    return french.spaced(text)


@register.filter
def duree(minutes: int) -> str:
    """« 45 min », « 1 h 55 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


@register.filter
def date_longue(day: date | None) -> str:
    return french.long_date(day) if day else "–"


@register.filter
def date_heure(instant: datetime | None) -> str:
    """« 22 novembre 2026 à 9 h 05 », in the project's zone."""
    return "–" if instant is None else french.moment(instant)


@register.filter
def texte_riche(text: str) -> SafeString:
    """The little Markdown of our own texts, as safe HTML."""
    return to_html(text)


@register.simple_tag
def etiquette(code: str, label: str) -> SafeString:
    """A coloured tag for a state or a severity: `{% etiquette response.state response.get_state_display %}`."""
    return format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>', STATE_COLOURS.get(code, "grey"), str(label)
    )


@register.inclusion_tag("senacs_ui/travail.html", takes_context=True)
def travail(context: Context, job: BackgroundJob | None) -> dict[str, Any]:
    """How far a job asked on this page is, followed by who asked for it, or how it ended."""
    return job_shown(job, context["user"]) if job else {"job": None}


@register.inclusion_tag("senacs_ui/resume_erreurs.html")
def resume_erreurs(form: forms.BaseForm) -> dict[str, object]:
    """The error summary on top of a form; each error leads to its field."""
    return {
        "general": form.non_field_errors(),
        "errors": [(field.id_for_label or field.auto_id, message) for field in form for message in field.errors],
    }


@register.inclusion_tag("senacs_ui/champ.html")
def champ(field: forms.BoundField, width: str = "") -> dict[str, Any]:
    """One field with its label, hint and errors; `width` is a govuk width such as `width-10`."""
    widget = field.field.widget
    kind = _widget_kind(widget)
    widget.attrs.pop("placeholder", None)  # vanishes when one types: labels and hints say it
    described = [f"{field.auto_id}-hint"] if field.help_text else []
    described += [f"{field.auto_id}-error"] if field.errors else []
    attrs: dict[str, Any] = {"class": _widget_class(kind, width, bool(field.errors))}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": field,
        "kind": kind,
        "described": " ".join(described),
        "rendered": field.as_widget(attrs=attrs) if kind != "choices" else "",
        "multiple": isinstance(widget, forms.CheckboxSelectMultiple),
    }


def _widget_kind(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.PasswordInput):
        return "password"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.FileInput):
        return "file-upload"
    return "input"


def _widget_class(kind: str, width: str, has_errors: bool) -> str:
    if kind == "checkbox":
        return "govuk-checkboxes__input"
    if kind == "password":
        base = "input govuk-password-input__input govuk-js-password-input-input"
    else:
        base = kind
    classes = f"govuk-{base}"
    if width:
        classes += f" govuk-input--{width}"
    if has_errors:
        classes += f" govuk-{'input' if kind == 'password' else kind}--error"
    return classes
