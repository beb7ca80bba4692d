"""A text of a person's becomes a link by `lib.links` alone; other links are addresses of this site, made by us.

How to show somebody's address, letter box or telephone: `{{ text|lien_web }}`, `|lien_courriel`, `|lien_telephone` in
`href`. How to add a link that the page computes: a line in OURS.
"""

import re
from pathlib import Path

from django.conf import settings

PRODUCT = Path(settings.BASE_DIR) / "senacs"
TEMPLATES = sorted(path for kind in ("*.html", "*.jinja") for path in PRODUCT.rglob(kind))
_LINK = re.compile(r'\b(?:href|src|action|formaction|xlink:href|hx-[a-z]+)="([^"]*)"|\b(?:href|src|action)=([^"\s>]+)')
# What a page computes by `reverse`, or takes by `own_address`.
OURS = re.compile(
    r"\{\{ ?(?:[a-z_]+\.)*(?:url|action_url|back_url|form_url|review_url|workbook|attrs\.(?:href|src|action))\b"
    r"|\{\{ ?(?:ask|history)_urls\[q\.code\]|\{% provider_login_url "
)
# Named otherwise, and who makes them.
NAMED = {
    ("templates/base.html", "{{ frame.help_url }}"): "reverse of a chapter of the guide",
    ("national/reading.html", "{{ next }}"): "read by own_address",
    ("correspondent/response.html", "{{ address }}"): "`with`: {% url %} of the shown page",
    ("public/territory_trail.html", "{{ address }}"): "`with`: {% url %} of a territory",
    ("public/glance.html", "{{ glance.coverage_url }}"): "reverse of a page of coverage",
    ("web/templates/base.html", "{{ frame.canonical }}"): "the address of the page itself, made absolute",
    ("public/atlas.html", "{{ embed }}"): "{% url %} of the embed, made absolute",
    ("public/atlas_embed.html", "{{ page }}"): "{% url %} of the atlas, made absolute",
    ("totp/activate_form.html", "{{ totp_svg_data_uri }}"): "an image drawn here, in the address itself",
    ("public/structure.html", "{{ address }}"): "`with`: the website by lien_web",
}


def free_links(name: str, source: str) -> list[str]:
    """Links that begin with something that nobody vouches for."""
    found = []
    for quoted, bare in _LINK.findall(source):
        link = quoted or bare
        is_fixed = not link.startswith(("{{", "{%")) and not link.lower().startswith(("mailto:{", "tel:{", "http:{"))
        is_made = link.startswith(("{% url ", "{% static ", "{% querystring")) or OURS.match(link)
        is_safe = re.match(r"\{\{ [\w.]+\|lien_(?:web|courriel|telephone) \}\}$", link)
        is_named = any(name.endswith(known) and link.startswith(start) for known, start in NAMED)
        if not (is_fixed or is_made or is_safe or is_named):
            found.append(link)
    return found


def test_links_of_templates_are_vouched_for() -> None:
    free = {
        str(path.relative_to(PRODUCT)): links
        for path in TEMPLATES
        if (links := free_links(path.as_posix(), path.read_text(encoding="utf-8")))
    }
    assert not free, f"{free}. {__doc__}"
    assert len(TEMPLATES) > 100


def test_free_links_are_found() -> None:
    assert free_links("a.html", '<a href="{{ structure.website }}">') == ["{{ structure.website }}"]
    assert free_links("a.html", '<a href="mailto:{{ person.email }}">') == ["mailto:{{ person.email }}"]
    assert free_links("a.html", "<a href={{ x }}>") == ["{{"]
    assert free_links("a.html", '<a href="{{ x.email|lien_courriel }}"><a href="/a/{{ x }}/"><a href="#a">') == []
