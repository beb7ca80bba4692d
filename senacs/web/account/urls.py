"""What belongs to a person whatever their role: sign-in, charter, own account, the way to their spaces.

allauth's pages are named one by one: what it would add by itself (addresses made primary without proof, sign-up)
has no place here.
"""

from allauth.account import views as allauth_pages
from allauth.socialaccount import views as social_pages
from django.urls import include, path, re_path

from senacs.web.account import addresses, devices, invitations, jobs, own_data, passwords, second_step, views

urlpatterns = [
    path("charte/accepter/", views.charte_accept, name="charte_accept"),
    path("espace/", views.espace, name="espace"),
    path("invitation/<word:key>/", invitations.invitation, name="invitation"),
    path("invitation/<word:key>/accepter/", invitations.accept, name="invitation_accept"),
    path("compte/", views.account, name="account"),
    path("compte/securite/", views.second_factor, name="second_factor"),
    path("compte/mes-donnees/", own_data.show, name="own_data"),
    path("compte/mes-donnees.json", own_data.document, name="own_data_document"),
    path("compte/mes-donnees/opposition/", own_data.object_, name="own_data_object"),
    path("compte/mes-donnees/opposition/lever/", own_data.lift, name="own_data_lift"),
    path("compte/appareils/", devices.index, name="devices"),
    path("compte/appareils/deconnecter/", devices.end_all, name="devices_end"),
    path("compte/appareils/<number:pk>/deconnecter/", devices.end, name="device_end"),
    path("travaux/<number:job>/", jobs.progress, name="job_progress"),
    path("compte/adresse/", addresses.change, name="account_address"),
    path("compte/adresse/<word:key>/", addresses.confirm, name="account_address_confirm"),
    path("compte/login/", allauth_pages.login, name="account_login"),
    path("compte/logout/", allauth_pages.logout, name="account_logout"),
    path("compte/inactive/", allauth_pages.account_inactive, name="account_inactive"),
    path("compte/signup/", views.signup_closed, name="account_signup"),
    path("compte/reauthenticate/", allauth_pages.reauthenticate, name="account_reauthenticate"),
    path("compte/password/change/", allauth_pages.password_change, name="account_change_password"),
    path("compte/password/set/", allauth_pages.password_set, name="account_set_password"),
    path("compte/password/reset/", passwords.reset, name="account_reset_password"),
    path("compte/password/reset/done/", allauth_pages.password_reset_done, name="account_reset_password_done"),
    path(
        "compte/password/reset/key/done/",
        allauth_pages.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^compte/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        passwords.reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("compte/2fa/authenticate/", second_step.authenticate, name="mfa_authenticate"),
    path("compte/2fa/", include("allauth.mfa.urls")),
    path("compte/3rdparty/login/cancelled/", social_pages.login_cancelled, name="socialaccount_login_cancelled"),
    path("compte/3rdparty/login/error/", social_pages.login_error, name="socialaccount_login_error"),
    path("compte/3rdparty/signup/", views.signup_closed, name="socialaccount_signup"),
    path("compte/oidc/", include("senacs.web.account.proconnect_views")),
]
