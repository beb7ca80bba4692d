"""The chapters of the guide: which text each is (docs/guide), whom it is for, which pages it explains."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.web.guide.reading import GuidePart, sections_of

FOLDER: Path = settings.BASE_DIR / "docs" / "guide"
IMAGES = FOLDER / "images"
_NATIONAL = frozenset({Role.NATIONAL, Role.COMITE_TECHNIQUE})
_COPIL = frozenset({Role.COPIL, Role.PREPARATION, Role.REGIONAL})


@dataclass(frozen=True, slots=True)
class Chapter:
    """`roles` are those whom it is written for; empty, everybody's."""

    name: str
    roles: frozenset[Role] = frozenset()

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.md"

    @property
    def sections(self) -> tuple[GuidePart, ...]:
        return _sections(self.path)

    @property
    def shift(self) -> int:
        """A text in several books has them one level under its title."""
        return 1 if sum(section.level == 1 for section in self.sections) > 1 else 0

    @property
    def title(self) -> str:
        return self.sections[0].title


@cache
def _sections(path: Path) -> tuple[GuidePart, ...]:
    return sections_of(path.read_text(encoding="utf-8"))


CHAPTERS = (
    Chapter("connexion"),
    Chapter("saisie", STRUCTURE_ROLES),
    Chapter("questions-frequentes", STRUCTURE_ROLES | CORRESPONDENT_ROLES),
    Chapter("api", STRUCTURE_ROLES),
    Chapter("controle", CORRESPONDENT_ROLES),
    Chapter("vie-du-registre", CORRESPONDENT_ROLES | {Role.NATIONAL}),
    Chapter("copil", _COPIL | CORRESPONDENT_ROLES),
    Chapter("equipe-nationale", _NATIONAL),
    Chapter("questionnaire", _NATIONAL),
    Chapter("import-du-registre", frozenset({Role.NATIONAL})),
    Chapter("chiffres-publics"),
)
BY_NAME = {chapter.name: chapter for chapter in CHAPTERS}

# « Aide sur cette page »: the longest beginning of the name of a page's address wins; chapter and part.
HELP = {
    "": ("connexion", ""),
    "account": ("connexion", ""),
    "account_notices": ("controle", "ce-qui-m-attend-et-l-avancement"),
    "enquir": ("copil", "poser-quelques-questions-de-plus"),
    "training": ("questions-frequentes", "s-exercer-sans-risque"),
    "waiting": ("controle", "ce-qui-m-attend-et-l-avancement"),
    "follow_up": ("controle", "ce-qui-m-attend-et-l-avancement"),
    "calendar": ("controle", "calendrier"),
    "group_session": ("controle", "reunir-des-structures-pour-saisir"),
    "extensions": ("controle", "accorder-un-delai"),
    "charte": ("connexion", "1-la-premiere-fois"),
    "devices": ("connexion", "5-mes-appareils"),
    "invitation": ("connexion", "1-la-premiere-fois"),
    "mfa": ("connexion", "3-le-second-facteur"),
    "second_factor": ("connexion", "3-le-second-facteur"),
    "saisie": ("saisie", "1-le-tableau-de-bord"),
    "saisie_help": ("questions-frequentes", ""),
    "saisie_preparation": ("saisie", "2-reunir-ses-documents"),
    "saisie_section": ("saisie", "3-repondre"),
    "saisie_workbook": ("saisie", "4-sans-rien-taper-deux-fois"),
    "saisie_proposals": ("saisie", "4-sans-rien-taper-deux-fois"),
    "saisie_tokens": ("api", ""),
    "saisie_ask": ("saisie", "5-une-question-n-est-pas-claire"),
    "saisie_review": ("saisie", "7-verifier-et-envoyer"),
    "saisie_team": ("saisie", "8-inviter-un-suppleant"),
    "saisie_participation": ("saisie", "9-plus-de-temps-ou-ne-pas-participer"),
    "saisie_secrecy": ("saisie", "le-secret-de-mes-chiffres"),
    "saisie_queries": ("controle", "pour-une-structure"),
    "suivi": ("controle", "la-liste-la-premiere-ligne-est-celle-qui-compte-le-plus"),
    "suivi_response": ("controle", "une-reponse-ce-que-le-controle-a-trouve"),
    "suivi_cell": ("controle", "demander-a-la-case"),
    "suivi_queries": ("controle", "demander-a-la-case"),
    "suivi_remind": ("controle", "relancer"),
    "mandat": ("controle", "remplacer-une-personne"),
    "registry": ("vie-du-registre", ""),
    "tables": ("copil", "les-tableaux-par-question"),
    "groupings": ("copil", "tracer-des-regroupements-de-communes-3-1"),
    "preparation": ("copil", "nommer-la-personne-chargee-de-la-preparation-3-2"),
    "extracts": ("copil", "extraire-les-donnees-brutes"),
    "copil": ("copil", "composer-une-plaquette-ou-une-note"),
    "copil_local": ("copil", "une-plaquette-locale-avec-l-accord-des-structures"),
    "national": ("equipe-nationale", ""),
    "national_setup": ("equipe-nationale", "le-premier-jour"),
    "national_campaign": ("equipe-nationale", "preparer-la-campagne-suivante"),
    "national_phase": ("equipe-nationale", "changer-de-phase"),
    "national_list": ("import-du-registre", ""),
    "national_charter": ("equipe-nationale", "charte"),
    "national_objections": ("equipe-nationale", "oppositions-et-donnees-personnelles"),
    "national_audit": ("equipe-nationale", "journal-des-actes"),
    "national_letter": ("equipe-nationale", "lettres"),
    "national_questionnaire": ("questionnaire", ""),
    "national_rules": ("controle", "pour-l-equipe-nationale-et-le-comite-technique"),
    "passages": ("equipe-nationale", "changer-de-phase"),
    "home": ("chiffres-publics", ""),
    "atlas": ("chiffres-publics", "lire-un-chiffre-cle"),
    "method": ("chiffres-publics", "lire-un-chiffre-cle"),
    "territor": ("chiffres-publics", "trouver-un-territoire"),
    "register": ("chiffres-publics", "trouver-un-territoire"),
    "edition": ("chiffres-publics", "citer"),
    "publications": ("chiffres-publics", "citer"),
    "api": ("api", ""),
}


def help_for(url_name: str) -> tuple[Chapter, str]:
    """The chapter and the part that explain a page."""
    beginning = max((name for name in HELP if url_name.startswith(name)), key=len)
    chapter, part = HELP[beginning]
    return BY_NAME[chapter], part
