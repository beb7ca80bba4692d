"""What search engines, feed readers and other sites expect at known addresses."""

from datetime import timedelta
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.views.decorators.http import require_safe

from senacs.lib import clock, french
from senacs.lib.pdf.images import card
from senacs.observatory.releases.places import find_place, structures_of
from senacs.observatory.releases.reader import latest_published, published_releases, reader_for
from senacs.publication.editions.shelf import shelf
from senacs.structures.models import Structure
from senacs.territories.models import Commune, Departement, Epci, Region
from senacs.web.public import figures

CLOSED = ("/compte/", "/espace/", "/saisie/", "/suivi/", "/national/", "/copil/", "/tables/", "/mandats/", "/registre/")
_PLAIN = "text/plain; charset=utf-8"


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "Disallow: /recherche/"]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type=_PLAIN)


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page of a territory that something can be read of, of a structure, and those of the site."""
    names = ("home", "atlas", "territories", "territory_france", "publications", "register", "method", "glossary")
    paths = [reverse(name) for name in (*names, "legal", "contact")]
    for level, model in (("region", Region), ("departement", Departement)):
        paths += [
            reverse("territory", args=[level, code]) for code in model._default_manager.values_list("pk", flat=True)
        ]
    release = latest_published()
    told = reader_for(release).told if release else frozenset()
    epcis = Epci.objects.filter(pk__in=[code for level, code in told if level == "epci"])
    paths += [reverse("territory", args=["epci", code]) for code in epcis.values_list("pk", flat=True)]
    served = Commune.objects.filter(structures__in=Structure.objects.active()).distinct()
    paths += [reverse("commune", args=[code]) for code in served.order_by("pk").values_list("pk", flat=True)]
    codes = Structure.objects.active().order_by("code").values_list("code", flat=True)
    paths += [reverse("register_structure", args=[code]) for code in codes]
    paths += [reverse("edition", args=[shelved.edition.slug]) for shelved in shelf() if shelved.is_newest]
    base = request.build_absolute_uri("/").rstrip("/")
    entries = "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in paths)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return HttpResponse(f"{head}{entries}</urlset>\n", content_type="application/xml; charset=utf-8")


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """RSS of what comes out: releases and signed editions, newest first."""
    page = request.build_absolute_uri(reverse("publications"))
    rss = Rss201rev2Feed(
        title="SENACS, publications",
        link=page,
        description="Les publications de l’observatoire des centres sociaux et des espaces de vie sociale.",
        language="fr",
        feed_url=request.build_absolute_uri(),
    )
    items = [
        (
            one.published_at,
            f"Données {one.campaign.data_year}, publication {one.name}",
            f"{page}#publication-{one.name}",
        )
        for one in published_releases()
        if one.published_at
    ]
    for shelved in shelf():
        address = request.build_absolute_uri(reverse("edition", args=[shelved.edition.slug]))
        if at := shelved.edition.published_at:
            items.append((at, f"{shelved.territory}, {shelved.title}", address))
    for day, title, link in sorted(items, reverse=True, key=lambda item: item[0])[:50]:
        rss.add_item(title=title, link=link, description=title, pubdate=day, unique_id=link)
    return HttpResponse(rss.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a flaw."""
    contact = f"mailto:{settings.CONTACT}" if settings.CONTACT else request.build_absolute_uri(reverse("contact"))
    lines = [
        f"Contact: {contact}",
        f"Expires: {clock.today() + timedelta(days=180)}T00:00:00Z",
        "Preferred-Languages: fr, en",
        f"Canonical: {request.build_absolute_uri()}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=_PLAIN)


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "public/legal.html", {"hosting": settings.HOSTING, "contact": settings.CONTACT})


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "public/contact.html", {"contact": settings.CONTACT})


@login_not_required
@require_safe
def territory_card(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The picture of a territory on other sites: its first key figure that is shown, else its structures."""
    release = latest_published()
    reader = reader_for(release) if release else None
    place = find_place(level, code, reader)
    if place is None:
        raise Http404("Ce territoire n’existe pas.")
    keys = figures.key_figures(reader, place) if reader else ()
    key = next((one for one in keys if not one.shown.is_suppressed), None)
    if key and release:
        source = f"Données {release.campaign.data_year}, publication {release.name}"
        image = card(title=place.name, figure=key.shown.text, label=key.label, source=source)
    else:
        count = french.number(structures_of(place, reader).count())
        image = card(title=place.name, figure=count, label="structures agréées", source="Registre public")
    return HttpResponse(image, content_type="image/png")
