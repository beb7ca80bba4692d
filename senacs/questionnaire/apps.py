from django.apps import AppConfig


class QuestionnaireConfig(AppConfig):
    name = "senacs.questionnaire"
    verbose_name = "Questionnaire"
