"""What follows from a change of phase, counted before anybody confirms it."""

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import Mandate
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.lib.french import long_date, plural


def consequences(campaign: Campaign, transition: str) -> list[str]:
    """One French sentence each; counts only, nothing of any structure."""
    return _SENTENCES[transition](campaign)


def _responses(campaign: Campaign, *states: ResponseState) -> int:
    return Response.objects.filter(campaign=campaign, state__in=states).count()


def _opening(campaign: Campaign) -> list[str]:
    invited = campaign.invited.count()
    held = Mandate.objects.current().filter(role__in=STRUCTURE_ROLES, user__is_active=True).values("structure")
    unreached = campaign.invited.exclude(structure__in=held).count()
    told = [
        f"{plural(invited, 'structure peut', 'structures peuvent')} saisir jusqu’au {long_date(campaign.closes_on)}.",
        f"La version « {campaign.version.title} » est figée : aucune question ne change plus.",
    ]
    if unreached:
        told.append(f"{plural(unreached, 'structure n’a', 'structures n’ont')} encore aucun responsable.")
    if clock.today() < campaign.opens_on:
        told.append(f"Le calendrier annonçait l’ouverture le {long_date(campaign.opens_on)}.")
    return told


def _closing(campaign: Campaign) -> list[str]:
    drafts = Response.objects.filter(campaign=campaign, state=ResponseState.DRAFT)
    begun, untouched = drafts.filter(revision__gt=0).count(), drafts.filter(revision=0).count()
    told = [
        f"{plural(begun, 'réponse commencée n’est pas envoyée', 'réponses commencées ne sont pas envoyées')}.",
        f"{plural(untouched, 'structure n’a rien commencé', 'structures n’ont rien commencé')}.",
        "Les réponses retournées et les délais accordés se relancent encore ; les autres ne s’envoient plus.",
    ]
    extended = drafts.filter(extended_until__gte=clock.today()).count()
    if extended:
        told.append(f"{plural(extended, 'structure garde le délai qui lui est accordé', _KEEP)}.")
    if clock.today() <= campaign.closes_on:
        told.append(f"Le calendrier annonçait la clôture le {long_date(campaign.closes_on)}, au soir.")
    return told


_KEEP = "structures gardent le délai qui leur est accordé"


def _processing(campaign: Campaign) -> list[str]:
    validated = _responses(campaign, ResponseState.VALIDATED)
    waiting = _responses(campaign, ResponseState.SUBMITTED, ResponseState.RETURNED)
    return [
        f"{plural(validated, 'réponse validée entrera', 'réponses validées entreront')} dans les chiffres.",
        f"{plural(waiting, 'réponse envoyée n’est pas validée et restera', _LEFT)} en dehors.",
        "Plus aucune réponse ne se corrige ni ne se valide.",
    ]


_LEFT = "réponses envoyées ne sont pas validées et resteront"


def _reopening_entry(campaign: Campaign) -> list[str]:
    told = ["Les structures qui n’ont pas envoyé leur réponse peuvent de nouveau la saisir."]
    if campaign.closes_on < clock.today():
        told.append(
            f"La clôture du calendrier ({long_date(campaign.closes_on)}) est passée : changez-la aussi, sans quoi la"
            " saisie reste fermée."
        )
    return told


def _reopening_control(campaign: Campaign) -> list[str]:
    validated = _responses(campaign, ResponseState.VALIDATED)
    return [
        f"Les correspondants peuvent de nouveau retourner {plural(validated, 'réponse validée', 'réponses validées')}.",
        "Une publication faite depuis ne change pas : une correction donnera une nouvelle publication, numérotée.",
    ]


def _publishing(campaign: Campaign) -> list[str]:
    return ["Les résultats sont annoncés comme diffusés ; les publications signées ne changent pas."]


def _archiving(campaign: Campaign) -> list[str]:
    return ["La campagne sort du pilotage ; ses réponses et ses publications restent lisibles à qui les lit."]


_SENTENCES = {
    "open": _opening,
    "close": _closing,
    "reopen_entry": _reopening_entry,
    "process": _processing,
    "reopen_control": _reopening_control,
    "publish": _publishing,
    "archive": _archiving,
}
