"""Local questions and flash enquiries, under /enquetes/."""

from django.urls import path

from senacs.web.enquiries import answering, views

urlpatterns = [
    path("", views.index, name="enquiries"),
    path("nouvelle/", views.propose, name="enquiry_propose"),
    path("<number:enquiry>/", views.show, name="enquiry"),
    path("<number:enquiry>/accord/", views.agree, name="enquiry_agree"),
    path("<number:enquiry>/retrait/", views.withdraw, name="enquiry_withdraw"),
    path("<number:enquiry>/reponse/<number:structure>/", answering.answer, name="enquiry_answer"),
]
