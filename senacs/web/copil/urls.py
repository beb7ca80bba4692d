"""Publications composed by the Copil of a territory, under /copil/."""

from django.urls import path

from senacs.web.copil import blocks, local, views

urlpatterns = [
    path("", views.index, name="copil"),
    path("nouvelle/", views.create, name="copil_create"),
    path("locale/", local.begin, name="copil_local"),
    path("<int:edition>/", views.show, name="copil_edition"),
    path("<int:edition>/blocs/", blocks.arrange, name="copil_arrange"),
    path("<int:edition>/blocs/<slug:code>/", blocks.write, name="copil_block"),
    path("<int:edition>/images/", blocks.upload, name="copil_image"),
    path("<int:edition>/images/<int:image>/vignette", blocks.thumbnail, name="copil_thumbnail"),
    path("<int:edition>/logos/", blocks.logos, name="copil_logos"),
    path("<int:edition>/commentaires/", views.comment, name="copil_comment"),
    path("<int:edition>/commentaires/<int:comment>/", views.settle, name="copil_settle"),
    path("<int:edition>/chiffres/", local.measure, name="copil_measure"),
    path("<int:edition>/apercu/", views.preview, name="copil_preview"),
    path("<int:edition>/apercu/<int:page>.png", views.preview_page, name="copil_preview_page"),
    path("<int:edition>/<str:act>/", views.act, name="copil_act"),
]
