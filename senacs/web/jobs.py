"""The jobs that pages ask for: what each does, and the sentences of its end."""

from datetime import date

from senacs.accounts.models import User
from senacs.accounts.people_lists import invite_list
from senacs.accounts.words import said_by
from senacs.campaigns.models import Campaign
from senacs.collection.campaign_list import bring_up_to_date
from senacs.collection.extensions import give_time
from senacs.jobs import kinds
from senacs.jobs.kinds import JobEnd, JobKind
from senacs.jobs.models import BackgroundJob
from senacs.lib.french import long_date, plural
from senacs.register.models import RegisterImport
from senacs.register.services import RegisterMoved, apply_list, load_places, try_list


def _load_territories(*, by: User) -> JobEnd:
    return JobEnd(f"Territoires chargés : {load_places(by=by).vintage}.")


def _try(*, by: User, received: int) -> JobEnd:
    try_list(received=RegisterImport.objects.get(pk=received), by=by)
    return JobEnd("L’essai est prêt.")


def _apply(*, by: User, received: int, skip_refused: bool, allow_duplicates: bool) -> JobEnd:
    found = RegisterImport.objects.get(pk=received)
    try:
        apply_list(received=found, by=by, skip_refused=skip_refused, allow_duplicates=allow_duplicates)
    except RegisterMoved as moved:
        try_list(received=found, by=by)
        return JobEnd(moved.message, is_refused=True)
    return JobEnd("La liste est appliquée : le registre dit ce qu’elle disait.")


def _invite(*, by: User, text: str) -> JobEnd:
    report = invite_list(text=text, by=by)
    return JobEnd(f"{plural(report.invited, 'personne invitée', 'personnes invitées')}.", report.held)


def _bring(*, by: User, year: int) -> JobEnd:
    update = bring_up_to_date(campaign=Campaign.objects.get(year=year), by=by)
    invited = plural(update.invited, "structure invitée", "structures invitées")
    changed = plural(update.changed, "ligne mise à jour ou retirée", "lignes mises à jour ou retirées")
    return JobEnd(f"{invited}, {changed}.")


def _prolong(*, by: User, year: int, until: str, reason: str) -> JobEnd:
    campaign = Campaign.objects.get(year=year)
    with said_by(by):
        granted = give_time(campaign=campaign, until=date.fromisoformat(until), reason=reason, by=by)
    return JobEnd(f"Saisie prolongée jusqu’au {long_date(granted.until)} : toutes les structures.")


TERRITORIES = JobKind("territoires", "Chargement des territoires", _load_territories, 20)
LIST_TRIAL = JobKind("essai_de_liste", "Essai de la liste", _try, 5)
LIST_APPLICATION = JobKind("application_de_liste", "Application de la liste", _apply, 10)
INVITATIONS = JobKind("invitations", "Invitation d’après une liste", _invite, 20)
CAMPAIGN_LIST = JobKind("liste_de_campagne", "Mise à jour de la liste des structures", _bring, 5)
TIME_FOR_ALL = JobKind("delai_pour_toutes", "Délai accordé à toutes les structures", _prolong, 15)


def lay_kinds() -> None:
    kinds.lay(TERRITORIES, LIST_TRIAL, LIST_APPLICATION, INVITATIONS, CAMPAIGN_LIST, TIME_FOR_ALL)


def job_shown(job: BackgroundJob, user: User) -> dict[str, object]:
    """What the piece of page about a job is made of; who asked for it follows it to its end."""
    kind = kinds.find(job.kind)
    return {
        "job": job,
        "title": kind.title,
        "seconds": kind.seconds,
        "is_followed": job.is_under_way and job.by_id == user.pk,
    }
