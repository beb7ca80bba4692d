"""What belongs to a person whatever their role: sign-in, charter, own account, the way to their spaces."""

from django.urls import include, path

from senacs.web.account import views

urlpatterns = [
    path("charte/accepter/", views.charte_accept, name="charte_accept"),
    path("espace/", views.espace, name="espace"),
    path("compte/", views.account, name="account"),
    path("compte/securite/", views.second_factor, name="second_factor"),
    path("compte/", include("allauth.urls")),
]
