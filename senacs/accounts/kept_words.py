"""Who reads why a text that looks nominative was kept: those who control what its author writes."""

from django.db.models import Q, QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import current_mandates, has_role, structures_followed_by
from senacs.accounts.words import KeptWords

# What each text is, by model, in the words of whoever reads the list.
TEXTS = {
    "accounts.Invitation": "invitation",
    "accounts.Objection": "opposition",
    "accounts.ObjectionAct": "suite d’une opposition",
    "accounts.RightsEntry": "droit donné ou retiré",
    "accounts.AccessEntry": "finalité d’une lecture",
    "register.RegisterProposal": "proposition sur le registre",
    "register.RegisterAct": "acte du registre",
    "questionnaire.VersionDecision": "décision sur une version du questionnaire",
    "campaigns.CampaignEvent": "changement de phase",
    "campaigns.PhaseProposal": "changement de phase proposé",
    "campaigns.Reminder": "relance",
    "agenda.ScheduledReminder": "relance programmée",
    "agenda.GroupSession": "séance de saisie",
    "agenda.SessionAct": "suite d’une séance de saisie",
    "collection.Absence": "non-participation",
    "collection.ExtensionRequest": "demande de délai",
    "collection.Extension": "délai accordé",
    "collection.EntryOpinion": "avis sur une saisie pour le compte",
    "collection.Revision": "motif d’une correction",
    "collection.ResponseEvent": "suite donnée à une réponse",
    "review.QueryMessage": "message d’une demande",
    "review.Waiver": "signalement levé",
    "review.Flag": "explication d’un point",
    "observatory.Release": "publication",
    "observatory.Disclosure": "diffusion d’un chiffre",
    "observatory.DoubtExplanation": "explication d’un doute",
    "observatory.Grouping": "regroupement de territoires",
    "publication.LocalGroup": "plaquette locale",
    "publication.FicheText": "texte d’une fiche",
    "publication.ShareLink": "lien de partage",
    "publication.EditionEvent": "suite d’une plaquette",
    "publication.EditionComment": "commentaire d’une plaquette",
    "publication.EditionImage": "image d’une plaquette",
    "exchange.ComprehensionQuestion": "question mal comprise",
}


def text_of(kept: KeptWords) -> str:
    """« Message d’une demande »."""
    label = TEXTS.get(kept.column.rpartition(".")[0], "autre texte")
    return label[:1].upper() + label[1:]


def controls_words(user: User) -> bool:
    return has_role(user, Role.NATIONAL, *CORRESPONDENT_ROLES)


def kept_words_seen_by(user: User) -> QuerySet[KeptWords]:
    """All for the national team; for correspondents, those of their structures' people and of their own body."""
    everything = KeptWords.objects.select_related("by").order_by("-at", "-pk")
    if has_role(user, Role.NATIONAL):
        return everything
    mandates = [mandate for mandate in current_mandates(user) if mandate.role in CORRESPONDENT_ROLES]
    authors = Q(by__mandates__structure__in=structures_followed_by(user))
    authors |= Q(by__mandates__caf__in=[m.caf_id for m in mandates if m.caf_id])
    authors |= Q(by__mandates__federation__in=[m.federation_id for m in mandates if m.federation_id])
    return everything.filter(authors).distinct() if mandates else everything.none()
