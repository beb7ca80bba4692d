"""The site's main navigation: which audiences a person may enter, from their mandates."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.accounts.models import AccessEntry, Mandate
from senacs.accounts.permissions import current_mandates
from senacs.web.guide.chapters import help_for


@dataclass(frozen=True, slots=True)
class Audience:
    """One part of the site, under its own prefix, and the roles that lead to it."""

    label: str
    url: str
    purpose: str  # what one does there, in a sentence
    roles: frozenset[Role]
    # Where a person's day happens: whoever has one such space arrives there, with the others in the menu.
    is_main: bool = True


AUDIENCES = (
    Audience("Ma saisie", "/saisie/", "Répondre à l’enquête de l’année.", STRUCTURE_ROLES),
    Audience("Suivi du territoire", "/suivi/", "Aider, vérifier et valider les réponses.", CORRESPONDENT_ROLES),
    Audience(
        "Plaquettes",
        "/copil/",
        "Composer, relire, signer et publier les documents du territoire.",
        frozenset({Role.COPIL, Role.PREPARATION, Role.REGIONAL, Role.NATIONAL}) | CORRESPONDENT_ROLES,
        is_main=False,
    ),
    Audience(
        "Tableaux",
        "/tables/",
        "Lire les réponses question par question, protégées comme les publications.",
        frozenset({Role.COPIL, Role.PREPARATION, Role.REGIONAL, Role.NATIONAL}) | CORRESPONDENT_ROLES,
        is_main=False,
    ),
    Audience(
        "Mandats",
        "/mandats/",
        "Nommer, remplacer et prolonger les personnes de l’institution et des structures.",
        frozenset({Role.NATIONAL}) | CORRESPONDENT_ROLES,
        is_main=False,
    ),
    Audience(
        "Registre",
        "/registre/",
        "Créer, fermer, réunir, corriger les fiches des structures ; suivre les agréments.",
        frozenset({Role.NATIONAL}) | CORRESPONDENT_ROLES,
        is_main=False,
    ),
    Audience(
        "Pilotage national",
        "/national/",
        "Suivre la campagne, le questionnaire et les publications.",
        frozenset({Role.NATIONAL, Role.COMITE_TECHNIQUE}),
    ),
)
# First in the menu of whoever has a role, with how many things wait (asked for after the page).
WAITING = ("Ce qui m’attend", "/attente/", "/attente/nombre/")
PUBLIC_LINKS = (
    ("Chiffres", "/"),
    ("Atlas", "/atlas/"),
    ("Couverture", "/couverture/"),
    ("Publications", "/publications/"),
    ("Structures", "/structures/"),
    ("Méthode", "/methode/"),
)


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    is_current: bool
    # Where the number beside it is asked for.
    count_url: str = ""


def audiences_of(mandates: list[Mandate]) -> list[Audience]:
    roles = {mandate.role for mandate in mandates}
    return [audience for audience in AUDIENCES if audience.roles & roles]


class Frame:
    """Computed at most once a page, and only when the template asks: fragments cost no query."""

    def __init__(self, request: HttpRequest, *, demo: bool, accounts: bool) -> None:
        self._request = request
        self.demo = demo
        self.accounts = accounts

    @property
    def help_url(self) -> str:
        """The part of the guide that explains this page; nothing where there is no guide, nor in the guide itself."""
        match = self._request.resolver_match
        name = (match.url_name or "") if match else ""
        if not self.accounts or name.startswith("guide"):
            return ""
        chapter, part = help_for(name)
        return reverse("guide_chapter", args=[chapter.name]) + (f"#{part}" if part else "")

    @property
    def site(self) -> str:
        """The address of the site, without its last slash."""
        return self._request.build_absolute_uri("/").rstrip("/")

    @property
    def canonical(self) -> str:
        """The one address of the page: a map is its query, elsewhere the query only filters. '' where there is none."""
        if self._request.resolver_match is None:
            return ""
        path = self._request.get_full_path() if self._request.path == "/atlas/" else self._request.path
        return self._request.build_absolute_uri(path)

    @property
    def reading(self) -> AccessEntry | None:
        """The reading with a purpose under which this page was opened, if any."""
        return getattr(self._request, "reading", None)

    @cached_property
    def navigation(self) -> list[Link]:
        user = getattr(self._request, "user", None)
        spaces = audiences_of(current_mandates(user)) if self.accounts and user is not None else []
        links = [(audience.label, audience.url, "") for audience in spaces]
        links = ([WAITING] if spaces else []) + links + [(label, url, "") for label, url in PUBLIC_LINKS]
        path = self._request.path
        return [
            Link(label, url, path == url or (url != "/" and path.startswith(url)), count) for label, url, count in links
        ]
