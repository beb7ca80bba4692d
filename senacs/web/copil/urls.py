"""Publications composed by the Copil of a territory, under /copil/."""

from django.urls import path

from senacs.web.copil import blocks, local, views

urlpatterns = [
    path("", views.index, name="copil"),
    path("nouvelle/", views.create, name="copil_create"),
    path("travail/<number:plaquette>.pdf", views.working_document, name="copil_working_document"),
    path("locale/", local.begin, name="copil_local"),
    path("<number:edition>/", views.show, name="copil_edition"),
    path("<number:edition>/blocs/", blocks.arrange, name="copil_arrange"),
    path("<number:edition>/blocs/<slug:code>/", blocks.write, name="copil_block"),
    path("<number:edition>/images/", blocks.upload, name="copil_image"),
    path("<number:edition>/images/<number:image>/vignette", blocks.thumbnail, name="copil_thumbnail"),
    path("<number:edition>/logos/", blocks.logos, name="copil_logos"),
    path("<number:edition>/commentaires/", views.comment, name="copil_comment"),
    path("<number:edition>/commentaires/<number:comment>/", views.settle, name="copil_settle"),
    path("<number:edition>/chiffres/", local.measure, name="copil_measure"),
    path("<number:edition>/chiffres/avancement/", local.measure_progress, name="copil_measure_progress"),
    path("<number:edition>/apercu/", views.preview, name="copil_preview"),
    path("<number:edition>/apercu/<number:page>.png", views.preview_page, name="copil_preview_page"),
    path("<number:edition>/fichiers/<slug:name>/", views.working_file, name="copil_file"),
    path("<number:edition>/<word:act>/", views.act, name="copil_act"),
]
