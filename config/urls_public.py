"""The URLs of a site that only publishes: no account, nothing that reads answers (design §3)."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "senacs.web.errors.bad_request"
handler500 = "senacs.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("senacs.web.public.urls")),
    path("", include("senacs.web.account.public_urls")),
]
