"""Steering by the national team, under /national/."""

from django.urls import path

from senacs.web.national import (
    campaigns,
    people,
    phases,
    plausibility,
    post,
    production,
    questionnaire,
    questions,
    readings,
    register_lists,
    releases,
    rules,
    setup,
    team,
    views,
)

urlpatterns = [
    path("", views.home, name="national"),
    path("mise-en-route/", setup.index, name="national_setup"),
    path("mise-en-route/<slug:part>/", setup.load, name="national_setup_load"),
    path("registre/listes/", register_lists.index, name="national_lists"),
    path("registre/listes/<number:received>/", register_lists.show, name="national_list"),
    path("registre/listes/<number:received>/appliquer/", register_lists.apply, name="national_list_apply"),
    path("registre/listes/<number:received>/rapport.csv", register_lists.report, name="national_list_report"),
    path("campagnes/", campaigns.index, name="national_campaigns"),
    path("campagnes/<number:year>/", campaigns.show, name="national_campaign"),
    path("campagnes/<number:year>/liste/", campaigns.bring, name="national_campaign_bring"),
    path("campagnes/<number:year>/inviter/", campaigns.invite, name="national_campaign_invite"),
    path("campagnes/<number:year>/phase/<slug:change>/", phases.show, name="national_phase"),
    path("campagnes/<number:year>/phase/<slug:change>/confirmer/", phases.confirm, name="national_phase_confirm"),
    path("campagnes/<number:year>/phase/<slug:change>/retirer/", phases.withdraw, name="national_phase_withdraw"),
    path("questionnaire/", questionnaire.index, name="national_questionnaires"),
    path("questionnaire/<slug:code>/", questionnaire.show, name="national_questionnaire"),
    path("questionnaire/<slug:code>/decision/", questionnaire.decide, name="national_questionnaire_decide"),
    path("questionnaire/<slug:code>/apercu/<slug:kind>/", questionnaire.preview, name="national_questionnaire_preview"),
    path("lectures/", readings.index, name="national_readings"),
    path("lectures/<number:structure>/", readings.ask, name="national_reading"),
    path("equipe/", team.index, name="national_team"),
    path("equipe/proposer/", team.propose, name="national_team_propose"),
    path("equipe/invitations/<number:invitation>/confirmer/", team.confirm, name="national_team_confirm"),
    path("equipe/invitations/<number:invitation>/retirer/", team.withdraw, name="national_team_withdraw"),
    path("equipe/<number:mandate>/terminer/", team.end, name="national_team_end"),
    path("lettres/", post.index, name="national_letters"),
    path("lettres/<number:letter>/renvoyer/", post.again, name="national_letter_again"),
    path("comptes/", people.index, name="national_people"),
    path("comptes/<number:person>/second-facteur/", people.factor, name="national_person"),
    path("questions/", questions.index, name="national_questions"),
    path("questions/<number:pk>/reponse/", questions.answer, name="national_question_answer"),
    path("regles/", rules.index, name="national_rules"),
    path("regles/changer/", rules.change, name="national_rules_change"),
    path("regles/verifier/", rules.check_again, name="national_rules_check"),
    path("publications/", releases.index, name="national_releases"),
    path("publications/nouvelle/", releases.build, name="national_release_build"),
    path("publications/<word:name>/", releases.show, name="national_release"),
    path("publications/<word:name>/avancement/", releases.progress, name="national_release_progress"),
    path("publications/<word:name>/vraisemblance/", plausibility.show, name="national_plausibility"),
    path(
        "publications/<word:name>/vraisemblance/chiffres/", plausibility.figures, name="national_plausibility_figures"
    ),
    path(
        "publications/<word:name>/vraisemblance/expliquer/", plausibility.explain, name="national_plausibility_explain"
    ),
    path(
        "publications/<word:name>/vraisemblance/confirmer/", plausibility.confirm, name="national_plausibility_confirm"
    ),
    path("publications/<word:name>/production/", production.show, name="national_production"),
    path("publications/<word:name>/production/lancer/", production.start, name="national_production_start"),
    path("publications/<word:name>/production/avancement/", production.progress, name="national_production_progress"),
    path("publications/<word:name>/production/<word:code>.zip", production.archive, name="national_production_archive"),
    path("publications/<word:name>/<word:act>/", releases.act_on_release, name="national_release_act"),
]
