"""The guide, under /guide/."""

from django.urls import path

from senacs.web.guide import views

urlpatterns = [
    path("", views.index, name="guide"),
    path("guide-senacs.pdf", views.printed, name="guide_pdf"),
    path("images/<slug:name>.png", views.picture, name="guide_picture"),
    path("<slug:name>/", views.chapter, name="guide_chapter"),
]
