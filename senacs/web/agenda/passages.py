"""How the service is, part by part, what was done at its date, how long things are kept: for the national team."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.accounts.keeping import keeping_rules
from senacs.agenda.tick import last_passages
from senacs.letters.enums import LetterState
from senacs.letters.queries import TROUBLED, letter_counts, waits_for_long
from senacs.lib.french import plural
from senacs.operation.diagnosis import backups
from senacs.operation.health import Health, ProbeFinding, examine, worst
from senacs.web.agenda.access import passage_reader

# What a state is called, and its colour.
WORDS = {
    Health.WELL: ("Bien", "green"),
    Health.DEGRADED: ("À surveiller", "yellow"),
    Health.DOWN: ("En panne", "red"),
}
TITLES = {
    Health.WELL: "Tout fonctionne.",
    Health.DEGRADED: "Le site fonctionne ; une partie demande un regard.",
    Health.DOWN: "Une partie ne fonctionne pas : prévenez les personnes qui tiennent le site.",
}


def letters() -> ProbeFinding:
    """What waits and what did not arrive; a letter that waits for an hour says that none leaves."""
    counts = letter_counts()
    waiting, lost = counts[LetterState.WAITING], sum(counts[state] for state in TROUBLED)
    gone = plural(lost, "n’est pas arrivée", "ne sont pas arrivées") if lost else "aucune n’a échoué"
    said = f"{plural(waiting, 'lettre attend', 'lettres attendent')}, {gone}."
    if waits_for_long():
        return ProbeFinding("lettres", "Lettres", Health.DEGRADED, f"Elles ne partent plus : {said}")
    return ProbeFinding("lettres", "Lettres", Health.WELL, said)


def backup() -> ProbeFinding:
    """As `senacs doctor` says it, without what only the machine’s keepers can do about it."""
    found = backups()
    return ProbeFinding("sauvegardes", found.label, found.health, found.said)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    passage_reader(request)
    findings = [*examine(), letters(), backup()]
    return render(
        request,
        "agenda/passages.html",
        {
            "findings": [(found, *WORDS[found.health]) for found in findings],
            "said": TITLES[worst(findings)],
            "passages": last_passages(),
            "rules": keeping_rules().values(),
        },
    )
