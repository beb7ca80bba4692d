"""Publications on screen: the texts that people wrote."""

import re
from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from senacs.publication.richtext import RichBlock, Span, parse

register = template.Library()
_PHOTO = re.compile(r'width="(\d+)" height="(\d+)" href="(data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=]+)"')


@register.filter
def texte_compose(blocks: Iterable[RichBlock] | str) -> SafeString:
    """A text of `publication.richtext`, read or as typed, as safe HTML."""
    read = parse(blocks) if isinstance(blocks, str) else blocks
    return format_html_join("", "{}", ((_block(block),) for block in read))


def _block(block: RichBlock) -> SafeString:
    if block["kind"] == "liste":
        entries = format_html_join("", "<li>{}</li>", ((_spans(item),) for item in block["items"]))
        return format_html('<ul class="govuk-list govuk-list--bullet">{}</ul>', entries)
    return format_html_join("", '<p class="govuk-body">{}</p>', ((_spans(item),) for item in block["items"]))


def _spans(spans: Iterable[Span]) -> SafeString:
    return format_html_join("", "{}", ((_span(span),) for span in spans))


def _span(span: Span) -> SafeString:
    shown = format_html("{}", span["text"])
    if span["bold"]:
        shown = format_html("<strong>{}</strong>", shown)
    return format_html("<em>{}</em>", shown) if span["italic"] else shown


@register.filter
def dessin(svg: str) -> SafeString:
    """A drawing of `publication.charts`, which escapes every text that it holds."""
    return mark_safe(svg)  # noqa: S308


@register.filter
def photo(svg: str, alt: str) -> SafeString:
    """The photo that `publication.editions.images.as_svg` wrapped for the typesetter."""
    found = _PHOTO.search(svg)
    if found is None:
        return SafeString("")
    width, height, data = found.groups()
    return format_html('<img src="{}" width="{}" height="{}" alt="{}" loading="lazy">', data, width, height, alt)
