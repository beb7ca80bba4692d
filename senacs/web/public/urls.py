"""URLs of the public pages, the same on both kinds of site."""

from django.urls import path

from senacs.web.public import (
    atlas_views,
    catalogue,
    coverage_views,
    definitions,
    downloads,
    editions,
    finding,
    for_engines,
    views,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("robots.txt", for_engines.robots, name="robots"),
    path("sitemap.xml", for_engines.sitemap, name="sitemap"),
    path(".well-known/security.txt", for_engines.security_txt, name="security_txt"),
    path("publications/flux.xml", for_engines.feed, name="feed"),
    path("mentions-legales/", for_engines.legal, name="legal"),
    path("contact/", for_engines.contact, name="contact"),
    path("territoires/<word:level>/<word:code>/image.png", for_engines.territory_card, name="territory_card"),
    path("recherche/", finding.search, name="search"),
    path("methode/glossaire/", finding.glossary_page, name="glossary"),
    path("methode/indicateurs/<slug:code>/", definitions.indicator_page, name="indicator"),
    path("atlas/", atlas_views.atlas_page, name="atlas"),
    path("atlas/integrer/", atlas_views.atlas_embed, name="atlas_embed"),
    path("atlas/carte.svg", atlas_views.atlas_svg, name="atlas_svg"),
    path("atlas/carte.png", atlas_views.atlas_png, name="atlas_png"),
    path("atlas/chiffres.csv", atlas_views.atlas_csv, name="atlas_csv"),
    path("atlas/chiffres.xlsx", atlas_views.atlas_xlsx, name="atlas_xlsx"),
    path("couverture/", coverage_views.coverage_france, name="coverage"),
    path("couverture/<word:level>/<word:code>/", coverage_views.coverage_place, name="coverage_place"),
    path(
        "couverture/<word:level>/<word:code>/<slug:table>.<slug:ending>",
        coverage_views.coverage_file,
        name="coverage_file",
    ),
    path("territoires/", views.territories, name="territories"),
    path("territoires/france/", views.france, name="territory_france"),
    path("territoires/commune/<word:code>/", views.commune, name="commune"),
    path("territoires/<word:level>/<word:code>/", views.territory, name="territory"),
    path("territoires/<word:level>/<word:code>/chiffres.csv", views.territory_csv, name="territory_csv"),
    path(
        "territoires/<word:level>/<word:code>/tableau.csv", downloads.territory_people_csv, name="territory_people_csv"
    ),
    path(
        "territoires/<word:level>/<word:code>/tableau.xlsx",
        downloads.territory_people_xlsx,
        name="territory_people_xlsx",
    ),
    path("territoires/<word:level>/<word:code>/structures/", views.territory_structures, name="territory_structures"),
    path("territoires/<word:level>/<word:code>/<slug:theme>/", views.territory_theme, name="territory_theme"),
    path("methode/", views.method, name="method"),
    path("publications/", views.publications, name="publications"),
    path("catalogue.jsonld", catalogue.catalogue, name="catalogue"),
    path("publications/<number:year>-<number:number>/<word:name>", views.release_file, name="release_file"),
    path("publications/editions/<slug:slug>/", editions.edition, name="edition"),
    path("publications/editions/<slug:slug>.pdf", editions.edition_pdf, name="edition_pdf"),
    path("structures/", views.structures, name="register"),
    path("structures/registre.csv", downloads.register_csv, name="register_csv"),
    path("structures/registre.xlsx", downloads.register_xlsx, name="register_xlsx"),
    path("structures/registre.geojson", downloads.register_geojson, name="register_geojson"),
    path("structures/schema.json", downloads.register_schema, name="register_schema"),
    path("structures/<word:code>/", views.structure, name="register_structure"),
]
