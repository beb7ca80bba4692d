"""What each address opens, to whom: one row a URL name. The matrix of docs/securite.md is made from it.

To add a page: one line in ROWS under the name of its URL, `Row(what its placeholders are, read=…, write=…)`:
- the first argument maps each placeholder of the route to a name of `world._fill` (or of `common`), "" for none;
- `read` holds the roles that reach it by GET, `write` by POST; SIGNED_IN is everyone with an account, EVERYONE all;
- a page that must find an object which the world does not hold is `Row(…, reaches=False)`: refusals are still walked.
Then `python -m tests.walk` writes docs/securite.md and docs/roles.md again.
"""

from dataclasses import dataclass

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from tests.walk.world import ABSENT, CHARTER, FACTOR, READING, SIGNED, SOFTWARE, roles_anywhere, roles_of

Roles = frozenset[str]


def roles(*names: str) -> Roles:
    return frozenset(map(str, names))


EVERYONE = roles("everyone")
SIGNED_IN = roles(SIGNED)
NOBODY: Roles = frozenset()
OWN: Roles = frozenset(map(str, STRUCTURE_ROLES))
HEAD = roles(Role.RESPONSABLE)
PAIR: Roles = frozenset(map(str, CORRESPONDENT_ROLES))
CAF = roles(Role.CORRESPONDANT_CAF)
NATIONAL = roles(Role.NATIONAL)
COPIL = roles(Role.COPIL)
PREPARATION = roles(Role.PREPARATION)
REGIONAL = roles(Role.REGIONAL)
COMITE = roles(Role.COMITE_TECHNIQUE)
TABLES = PAIR | COPIL | PREPARATION | REGIONAL | NATIONAL
COMPOSERS = PAIR | COPIL | PREPARATION
ANSWERS = OWN | PAIR | roles(READING)
ENQUIRERS = PAIR | COPIL | NATIONAL
ENQUIRY_READERS = ENQUIRERS | REGIONAL
TRAINEES = OWN | PAIR | NATIONAL
REGISTRARS = OWN | PAIR | NATIONAL


@dataclass(frozen=True)
class Row:
    """`at`: « placeholder=name » of the world, separated by spaces."""

    at: str = ""
    read: Roles = NOBODY
    write: Roles = NOBODY
    reaches: bool = True
    # Why answers are read by somebody who has no right to a response: told of many at once, or given by the structure.
    crowd: str = ""
    # Views of libraries that answer PUT, and some DELETE, as POST or as GET.
    puts: bool = False
    # Reached before the charter, before the second factor.
    before_charter: bool = False
    before_factor: bool = False

    @property
    def placeholders(self) -> dict[str, str]:
        return dict(pair.split("=") for pair in self.at.split())

    @property
    def is_scoped(self) -> bool:
        """Whether the address names something of a place: it is then asked for at every scope."""
        return any(name not in UNSCOPED and name not in ACTS for name in self.placeholders.values())

    def opens(self, name: str, scope: str, wanted: Roles) -> bool:
        """What the table says of an identity: the roles that count are those held at the place of the address."""
        if wanted == EVERYONE:
            return True
        if name == CHARTER:
            return self.before_charter and SIGNED in wanted
        if name == FACTOR:
            return (self.before_factor or self.before_charter) and SIGNED in wanted
        held = roles_of(name, scope) if self.is_scoped else roles_anywhere(name)
        return bool(held & wanted) and (scope != ABSENT or wanted == SIGNED_IN)


UNSCOPED = frozenset(
    "name year version stem kind section question field page format theme link_token key file number level"
    " national_invited national_held person received part change desk_kind letter job objection training letter_key"
    " table ending".split()
)
# Last parts of addresses that act.
ACTS = {
    "answer_act": "repondre",
    "question_act": "repondre",
    "query_act": "rappeler",
    "flag_act": "accepter",
    "response_act": "valider",
    "edition_act": "soumettre",
    "release_act": "rejeter",
    "region_level": "region",
    "register_act": "correction",
}
R = "pk=response"


def own_page(at: str = R, *, write: Roles = NOBODY, read: Roles = OWN) -> Row:
    return Row(at, read=read, write=write)


def account_page(**more: bool) -> Row:
    """Pages of allauth on one's own account: signed in or not, an object may be missing."""
    return Row("", read=SIGNED_IN, write=SIGNED_IN, reaches=False, puts=True, **more)


ROWS: dict[str, Row] = {
    # Public pages: released figures, the register, texts.
    "home": Row(read=EVERYONE),
    "search": Row(read=EVERYONE),
    "robots": Row(read=EVERYONE),
    "sitemap": Row(read=EVERYONE),
    "security_txt": Row(read=EVERYONE),
    "feed": Row(read=EVERYONE),
    "legal": Row(read=EVERYONE),
    "contact": Row(read=EVERYONE),
    "territory_card": Row("level=level code=departement", read=EVERYONE, reaches=False),
    "atlas": Row(read=EVERYONE),
    "atlas_embed": Row(read=EVERYONE, reaches=False),
    "atlas_svg": Row(read=EVERYONE, reaches=False),
    "atlas_png": Row(read=EVERYONE, reaches=False),
    "atlas_csv": Row(read=EVERYONE, reaches=False),
    "atlas_xlsx": Row(read=EVERYONE, reaches=False),
    "open_data": Row(read=EVERYONE),
    "open_data_schema": Row(read=EVERYONE),
    "open_releases": Row(read=EVERYONE),
    "open_indicators": Row(read=EVERYONE),
    "open_territories": Row(read=EVERYONE),
    "open_figures": Row(read=EVERYONE),
    "open_structures": Row(read=EVERYONE),
    "table_builder": Row(read=EVERYONE),
    "built_table": Row("ending=ending", read=EVERYONE, reaches=False),
    "coverage": Row(read=EVERYONE),
    "coverage_place": Row("level=level code=departement", read=EVERYONE, reaches=False),
    "coverage_file": Row("level=level code=departement table=table ending=format", read=EVERYONE, reaches=False),
    "glossary": Row(read=EVERYONE),
    "indicator": Row("code=field", read=EVERYONE, reaches=False),
    "territories": Row(read=EVERYONE),
    "territory_france": Row(read=EVERYONE),
    "territory": Row("level=level code=departement", read=EVERYONE, reaches=False),
    "territory_csv": Row("level=level code=departement", read=EVERYONE, reaches=False),
    "commune": Row("code=commune", read=EVERYONE, reaches=False),
    "territory_people_csv": Row("level=level code=departement", read=EVERYONE, reaches=False),
    "territory_people_xlsx": Row("level=level code=departement", read=EVERYONE, reaches=False),
    "register_csv": Row(read=EVERYONE),
    "register_xlsx": Row(read=EVERYONE),
    "register_geojson": Row(read=EVERYONE),
    "register_schema": Row(read=EVERYONE),
    "territory_structures": Row("level=level code=departement", read=EVERYONE, reaches=False),
    "territory_theme": Row("level=level code=departement theme=theme", read=EVERYONE, reaches=False),
    "method": Row(read=EVERYONE),
    "publications": Row(read=EVERYONE),
    "catalogue": Row(read=EVERYONE),
    "release_file": Row("year=year number=number name=file", read=EVERYONE, reaches=False),
    "edition": Row("slug=key", read=EVERYONE, reaches=False),
    "edition_pdf": Row("slug=key", read=EVERYONE, reaches=False),
    "edition_file": Row("slug=key name=key", read=EVERYONE, reaches=False),
    "register": Row(read=EVERYONE),
    "register_structure": Row("code=structure_code", read=EVERYONE, reaches=False),
    "charte": Row(read=EVERYONE),
    "processing": Row(read=EVERYONE),
    "accessibility": Row(read=EVERYONE),
    "about": Row(read=EVERYONE),
    "guide": Row(read=EVERYONE),
    "guide_pdf": Row(read=EVERYONE),
    "guide_picture": Row("name=key", read=EVERYONE, reaches=False),
    "guide_chapter": Row("name=key", read=EVERYONE, reaches=False),
    "health": Row(read=EVERYONE, reaches=False),
    "ready": Row(read=EVERYONE, reaches=False),
    # By the token of the settings, or from the machine itself: no person, whatever their role.
    "measures": Row(),
    "shared_fiche": Row("token=link_token", read=EVERYONE, reaches=False),
    "shared_fiche_pdf": Row("token=link_token", read=EVERYONE, reaches=False),
    # The way in, and one's own account.
    "account_login": Row(read=EVERYONE, write=EVERYONE, reaches=False, puts=True),
    "account_logout": Row(read=EVERYONE, write=EVERYONE, reaches=False, puts=True),
    "account_inactive": Row(read=EVERYONE, reaches=False),
    "account_signup": Row(read=EVERYONE, reaches=False),
    "account_reset_password": Row(read=EVERYONE, write=EVERYONE, reaches=False, puts=True),
    "account_reset_password_done": Row(read=EVERYONE, reaches=False),
    "account_reset_password_from_key": Row(
        "uidb36=key key=key", read=EVERYONE, write=EVERYONE, reaches=False, puts=True
    ),
    "account_reset_password_from_key_done": Row(read=EVERYONE, reaches=False),
    "mfa_authenticate": Row(read=EVERYONE, write=EVERYONE, reaches=False, puts=True),
    "mfa_login_webauthn": Row(read=EVERYONE, write=EVERYONE, reaches=False, puts=True),
    "openid_connect_login": Row("provider_id=key", write=EVERYONE, reaches=False),
    "openid_connect_callback": Row("provider_id=key", read=EVERYONE, reaches=False),
    "proconnect_detach": Row(write=SIGNED_IN),
    "socialaccount_login_cancelled": Row(read=EVERYONE, reaches=False),
    "socialaccount_signup": Row(read=EVERYONE, write=EVERYONE, reaches=False, puts=True),
    "invitation": Row("key=key", read=EVERYONE, write=EVERYONE, reaches=False),
    "invitation_accept": Row("key=key", read=SIGNED_IN, write=SIGNED_IN, reaches=False, before_charter=True),
    "charte_accept": Row(read=SIGNED_IN, write=SIGNED_IN, before_charter=True, before_factor=True),
    "espace": Row(read=SIGNED_IN),
    "account": Row(read=SIGNED_IN),
    "own_data": Row(read=SIGNED_IN),
    "own_data_document": Row(read=SIGNED_IN),
    "own_data_object": Row(write=SIGNED_IN),
    "own_data_lift": Row(write=SIGNED_IN),
    "account_notices": Row(read=SIGNED_IN, write=SIGNED_IN),
    "waiting": Row(read=SIGNED_IN),
    "waiting_count": Row(read=SIGNED_IN),
    "follow_up": Row(read=TABLES | COMITE),
    "follow_up_workbook": Row(read=TABLES | COMITE),
    "calendar": Row(read=SIGNED_IN),
    "group_sessions": Row(read=SIGNED_IN),
    "group_session_propose": Row(read=PAIR, write=PAIR),
    "group_session": Row("group_session=group_session", read=OWN | PAIR | NATIONAL),
    "group_session_file": Row("group_session=group_session", read=OWN | PAIR | NATIONAL),
    "group_session_presence": Row("group_session=group_session", write=PAIR),
    "group_session_cancel": Row("group_session=group_session", write=PAIR),
    "calendar_address": Row(write=SIGNED_IN),
    "calendar_feed": Row("key=key", read=EVERYONE, reaches=False),
    "extensions": Row(read=PAIR | NATIONAL, write=PAIR | NATIONAL),
    "passages": Row(read=NATIONAL),
    "kept_words": Row(read=PAIR | NATIONAL),
    "second_factor": Row(read=SIGNED_IN, before_factor=True),
    "devices": Row(read=SIGNED_IN),
    "devices_end": Row(write=SIGNED_IN),
    "device_end": Row("pk=response", write=SIGNED_IN, reaches=False),
    "account_address": Row(read=SIGNED_IN, write=SIGNED_IN),
    "account_address_confirm": Row("key=key", read=SIGNED_IN, write=SIGNED_IN, reaches=False),
    "account_reauthenticate": account_page(before_factor=True),
    "account_change_password": account_page(),
    "account_set_password": account_page(),
    "mfa_index": account_page(before_factor=True),
    "mfa_reauthenticate": account_page(before_factor=True),
    "mfa_activate_totp": account_page(before_factor=True),
    "mfa_deactivate_totp": account_page(),
    "mfa_view_recovery_codes": account_page(before_factor=True),
    "mfa_generate_recovery_codes": account_page(),
    "mfa_download_recovery_codes": account_page(before_factor=True),
    "mfa_list_webauthn": account_page(before_factor=True),
    "mfa_add_webauthn": account_page(before_factor=True),
    "mfa_reauthenticate_webauthn": account_page(before_factor=True),
    "mfa_remove_webauthn": Row("pk=response", read=SIGNED_IN, write=SIGNED_IN, reaches=False, puts=True),
    "mfa_edit_webauthn": Row("pk=response", read=SIGNED_IN, write=SIGNED_IN, reaches=False, puts=True),
    "socialaccount_login_error": account_page(),
    # A structure's own software: a token, never a session.
    "api_documentation": Row(read=EVERYONE),
    "api-root": Row(read=EVERYONE, reaches=False),
    "openapi-json": Row(read=EVERYONE, write=EVERYONE, puts=True),
    "schema": Row("version=version", read=EVERYONE, reaches=False),
    "response": Row(read=roles(SOFTWARE)),
    "questionnaire": Row(read=roles(SOFTWARE)),
    "values": Row(read=roles(SOFTWARE)),
    "values_csv": Row(read=roles(SOFTWARE)),
    "proposals": Row(read=roles(SOFTWARE), write=roles(SOFTWARE)),
    # A structure's entry: its people; the pages that its correspondents help with; the national team under a purpose.
    "saisie": Row(read=SIGNED_IN),
    "saisie_help": Row(read=SIGNED_IN),
    "saisie_agreements": Row(read=SIGNED_IN),
    "saisie_agreement": Row("agreement=agreement", write=OWN),
    "saisie_team": Row(read=OWN),
    "saisie_team_invite": Row("structure=structure", write=HEAD | roles(Role.SUPPLEANT)),
    "saisie_team_withdraw": Row("invitation=deputy_invited", write=HEAD),
    "saisie_team_remove": Row("mandate=deputy", write=HEAD),
    "saisie_dashboard": Row(R, read=ANSWERS),
    "saisie_preparation": Row(R, read=ANSWERS, write=OWN),
    "saisie_section": Row(f"{R} code=section", read=ANSWERS, write=OWN | PAIR),
    "saisie_ask": Row(f"{R} code=question", read=OWN, write=OWN),
    "saisie_queries": own_page(),
    "saisie_query_act": Row("pk=query act=answer_act", write=OWN),
    "saisie_confirm": Row("pk=flag", write=OWN),
    "saisie_autosave": Row(R, write=OWN | PAIR),
    "saisie_hints": Row(R, read=ANSWERS),
    "saisie_review": Row(R, read=ANSWERS, write=OWN),
    "saisie_take_back": Row(R, write=OWN),
    "saisie_history": Row(f"{R} code=field", read=ANSWERS),
    "saisie_sent": Row(R, read=ANSWERS),
    "saisie_receipt": Row(f"{R} number=number", read=ANSWERS, reaches=False),
    "saisie_answers": Row(R, read=ANSWERS),
    "saisie_copy": Row(f"{R} format=format", read=ANSWERS),
    "saisie_ledger": own_page(),
    "saisie_data": own_page(),
    "saisie_data_archive": own_page(),
    "saisie_secrecy": own_page(write=HEAD),
    "saisie_tables": own_page(),
    "saisie_tables_xlsx": own_page(),
    "saisie_workbook": Row(R, read=ANSWERS),
    "saisie_workbook_send": Row(R, read=ANSWERS, write=OWN),
    "saisie_workbook_review": own_page(f"{R} upload=upload", write=OWN),
    "saisie_tokens": own_page(write=OWN),
    "saisie_token_revoke": Row(f"{R} token=token", write=HEAD),
    "saisie_proposals": own_page(write=OWN),
    "saisie_on_behalf": own_page(write=OWN),
    "saisie_participation": own_page(write=OWN),
    "fiche": own_page(),
    "fiche_pdf": own_page(),
    "fiche_text": Row(R, write=OWN),
    "fiche_share": Row(R, write=OWN),
    "fiche_revoke": Row(f"{R} link=link", write=OWN),
    # The pair: follow-up and control.
    "suivi": Row(read=PAIR | NATIONAL),
    "suivi_questions": Row(read=PAIR),
    "suivi_question": Row("pk=questioned act=question_act", write=PAIR),
    "suivi_remind": Row(read=PAIR | NATIONAL, write=PAIR | NATIONAL),
    "suivi_remind_take_back": Row("pk=number", write=PAIR | NATIONAL, reaches=False),
    "suivi_queries": Row(read=PAIR),
    "suivi_query_act": Row("pk=query act=query_act", write=PAIR),
    "suivi_validate_chosen": Row(write=PAIR | NATIONAL),
    "suivi_waive": Row("pk=flag", write=PAIR),
    "suivi_pass": Row("pk=flag", write=PAIR),
    "suivi_judge": Row("pk=flag act=flag_act", write=PAIR),
    "suivi_cell": Row(f"{R} code=field", read=PAIR | roles(READING), write=PAIR | roles(READING)),
    "suivi_response": Row(R, read=PAIR | roles(READING)),
    "suivi_history": Row(f"{R} code=field", read=PAIR | roles(READING)),
    "suivi_act": Row(f"{R} act=response_act", write=PAIR),
    "suivi_extension": Row(f"{R} asked=extension", write=PAIR),
    # Mandates given by institutions to their own people.
    "mandates": Row(read=PAIR | NATIONAL),
    "mandates_list": Row(read=PAIR | NATIONAL, write=PAIR | NATIONAL),
    "mandates_list_to_fill": Row(read=PAIR | NATIONAL),
    "enquiries": Row(read=ENQUIRY_READERS),
    "enquiry_propose": Row(read=ENQUIRERS, write=ENQUIRERS),
    "enquiry": Row("enquiry=enquiry", read=ENQUIRY_READERS),
    "enquiry_agree": Row("enquiry=enquiry", write=roles(Role.CORRESPONDANT_FEDERAL)),
    # The national team withdraws what is asked of all France, which this world does not hold.
    "enquiry_withdraw": Row("enquiry=enquiry", write=PAIR | COPIL),
    "enquiry_answer": Row("enquiry=enquiry structure=structure", read=OWN, write=OWN),
    "training": Row(read=TRAINEES),
    "training_restart": Row(write=TRAINEES),
    "training_exercise": Row("exercise=training", read=PAIR | NATIONAL, write=PAIR | NATIONAL),
    "mandates_search": Row(read=PAIR | NATIONAL),
    "mandates_reaffirm": Row(read=PAIR | NATIONAL, write=PAIR | NATIONAL),
    "mandates_desk": Row("kind=desk_kind pk=desk", read=CAF | NATIONAL, write=CAF | NATIONAL),
    "mandate": Row("mandate=deputy", read=PAIR | NATIONAL),
    "mandate_hand_over": Row("mandate=deputy", write=PAIR | NATIONAL),
    "mandate_renew": Row("mandate=deputy", write=PAIR | NATIONAL),
    "mandate_end": Row("mandate=deputy", write=PAIR | NATIONAL),
    "mandates_withdraw": Row("invitation=deputy_invited", write=PAIR | NATIONAL),
    # The register's life: acts done, proposed, decided.
    "registry": Row(read=REGISTRARS),
    "registry_new": Row(read=PAIR | NATIONAL, write=PAIR | NATIONAL),
    "registry_day": Row(read=REGISTRARS),
    "registry_day_csv": Row(read=REGISTRARS),
    "registry_entry": Row("structure=structure", read=REGISTRARS),
    "registry_act": Row("structure=structure act=register_act", read=REGISTRARS, write=REGISTRARS),
    "registry_site": Row("site=site", read=PAIR | NATIONAL, write=PAIR | NATIONAL),
    "registry_proposal": Row("proposal=register_proposal", read=REGISTRARS, write=PAIR | NATIONAL),
    "registry_refuse": Row("proposal=register_proposal", write=PAIR | NATIONAL),
    # Tables of a territory, naming, extracts.
    "tables": Row(read=SIGNED_IN),
    "tables_territory": Row("level=region_level code=region", read=TABLES),
    "tables_territory_workbook": Row("level=region_level code=region", read=TABLES),
    "tables_departement": Row("code=departement", read=TABLES),
    "tables_workbook": Row("code=departement", read=TABLES),
    "groupings": Row("code=departement", read=COPIL, write=COPIL),
    "grouping_close": Row("code=departement number=grouping", write=COPIL),
    "preparation": Row("code=departement", read=COPIL),
    "preparation_name": Row("code=departement", write=COPIL),
    "preparation_withdraw": Row("code=departement invitation=named_invited", write=COPIL),
    "preparation_end": Row("code=departement mandate=named", write=COPIL),
    "extracts": Row("code=departement", read=PREPARATION, write=PREPARATION),
    # Plaquettes.
    "copil": Row(read=SIGNED_IN),
    "copil_create": Row(read=SIGNED_IN, write=SIGNED_IN, reaches=False),
    "copil_working_document": Row("plaquette=edition", read=COMPOSERS, reaches=False),
    "copil_local": Row(read=COPIL, write=COPIL, reaches=False),
    "copil_edition": Row("edition=edition", read=COMPOSERS),
    "copil_arrange": Row("edition=edition", write=COMPOSERS, reaches=False),
    "copil_block": Row("edition=edition code=block", read=COMPOSERS, write=COMPOSERS),
    "copil_image": Row("edition=edition", write=COMPOSERS),
    "copil_thumbnail": Row("edition=edition image=image", read=COMPOSERS, reaches=False),
    "copil_logos": Row("edition=edition", write=COMPOSERS),
    "copil_comment": Row("edition=edition", write=COMPOSERS),
    "copil_settle": Row("edition=edition comment=comment", write=COMPOSERS, reaches=False),
    "copil_measure": Row("edition=edition", write=COMPOSERS, reaches=False),
    "copil_measure_progress": Row("edition=edition", read=COMPOSERS, reaches=False),
    "copil_preview": Row("edition=edition", read=COMPOSERS),
    "copil_preview_page": Row("edition=edition page=page", read=COMPOSERS),
    "copil_file": Row("edition=edition name=key", read=COMPOSERS, reaches=False),
    "copil_act": Row("edition=edition act=edition_act", write=COMPOSERS),
    # National team and comité technique.
    "national": Row(read=NATIONAL | COMITE),
    "national_setup": Row(read=NATIONAL),
    "national_setup_load": Row("part=part", write=NATIONAL),
    # Of whoever asked for it, and of nobody else of the team.
    "job_progress": Row("job=job", read=NATIONAL, reaches=False),
    "national_lists": Row(read=NATIONAL, write=NATIONAL),
    "national_list": Row("received=received", read=NATIONAL),
    "national_list_apply": Row("received=received", write=NATIONAL),
    "national_list_repaired": Row("received=received", read=NATIONAL),
    "national_list_report": Row("received=received", read=NATIONAL),
    "national_campaigns": Row(read=NATIONAL, write=NATIONAL),
    "national_campaign": Row("year=year", read=NATIONAL, write=NATIONAL),
    "national_campaign_bring": Row("year=year", write=NATIONAL),
    "national_campaign_invite": Row("year=year", write=NATIONAL),
    "national_phase": Row("year=year change=change", read=NATIONAL, write=NATIONAL),
    "national_phase_confirm": Row("year=year change=change", write=NATIONAL, reaches=False),
    "national_phase_withdraw": Row("year=year change=change", write=NATIONAL, reaches=False),
    "national_questionnaires": Row(read=COMITE, write=COMITE),
    "national_questionnaire": Row("code=version", read=COMITE, reaches=False),
    "national_questionnaire_decide": Row("code=version", write=COMITE, reaches=False),
    "national_questionnaire_preview": Row(
        "code=version kind=kind", read=COMITE, reaches=False, crowd="quartiles et modes d’au moins cinq réponses"
    ),
    "national_readings": Row(read=NATIONAL),
    "national_reading": Row("structure=structure", read=NATIONAL, write=NATIONAL),
    "national_team": Row(read=NATIONAL),
    "national_team_propose": Row(write=NATIONAL),
    "national_team_confirm": Row("invitation=national_invited", write=NATIONAL, reaches=False),
    "national_team_withdraw": Row("invitation=national_invited", write=NATIONAL),
    "national_team_end": Row("mandate=national_held", write=NATIONAL),
    "national_charter": Row(read=NATIONAL, write=NATIONAL),
    "national_audit": Row(read=NATIONAL),
    "national_audit_csv": Row(read=NATIONAL),
    "national_objections": Row(read=NATIONAL),
    "national_objection_answer": Row("objection=objection", write=NATIONAL),
    "national_letters": Row(read=NATIONAL),
    "national_letter_models": Row(read=NATIONAL),
    "national_letter_model": Row("letter_key=letter_key", read=NATIONAL, write=NATIONAL),
    "national_letter_again": Row("letter=letter", write=NATIONAL),
    "national_people": Row(read=NATIONAL),
    "national_person": Row("person=person", read=NATIONAL, write=NATIONAL),
    "national_questions": Row(read=NATIONAL | COMITE),
    "national_question_answer": Row("pk=questioned", write=NATIONAL | COMITE),
    "national_rules": Row(read=NATIONAL | COMITE, reaches=False, crowd="médianes d’au moins cinq corrections"),
    "national_rules_change": Row(write=COMITE, reaches=False),
    "national_rules_check": Row(write=NATIONAL | COMITE, reaches=False),
    "national_releases": Row(read=NATIONAL),
    "national_release_build": Row(write=NATIONAL),
    "national_release": Row("name=name", read=NATIONAL),
    "national_release_progress": Row("name=name", read=NATIONAL),
    "national_release_check": Row("name=name", read=NATIONAL),
    "national_release_act": Row("name=name act=release_act", write=NATIONAL, reaches=False),
    "national_plausibility": Row("name=name", read=NATIONAL, reaches=False),
    "national_plausibility_figures": Row("name=name", read=NATIONAL, reaches=False),
    "national_plausibility_explain": Row("name=name", write=NATIONAL, reaches=False),
    "national_plausibility_confirm": Row("name=name", write=NATIONAL, reaches=False),
    "national_production": Row("name=name", read=NATIONAL),
    "national_production_start": Row("name=name", write=NATIONAL),
    "national_production_progress": Row("name=name", read=NATIONAL),
    "national_production_archive": Row("name=name code=departement", write=NATIONAL, reaches=False),
    # The questionnaire itself, for everyone signed in.
    "questionnaires": Row(read=SIGNED_IN),
    "questionnaire_changes": Row("code=version", read=SIGNED_IN, reaches=False),
    "questionnaire_workbook": Row("code=version stem=stem", read=SIGNED_IN, reaches=False),
}
