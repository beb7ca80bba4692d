from django.apps import AppConfig
from django.core import checks


class QuestionnaireConfig(AppConfig):
    name = "senacs.questionnaire"
    verbose_name = "Questionnaire"

    def ready(self) -> None:
        from senacs.questionnaire.checks import check_questionnaires

        checks.register(check_questionnaires)
