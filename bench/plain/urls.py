"""The plain views, and the site beside them unless it is the bare stack that is served."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from bench.plain import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("plain/<int:pk>/save/", views.save),
    path("plain/<int:pk>/page/", views.page),
]
if settings.BENCH_STACK == "site":
    urlpatterns.append(path("", include("config.urls")))
