"""The flags of the running campaign, with the explanations that people gave."""

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
from django.db.models import QuerySet

from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of, environments
from senacs.lib import clock
from senacs.questionnaire.engine.schema import Severity
from senacs.review.enums import FlagState
from senacs.review.models import Flag

BATCH = 200
EXPLANATIONS = (
    "Oui, c’est bien le cas : un poste a été créé dans l’année.",
    "Le changement vient de la réouverture d’un second lieu d’accueil.",
    "Nous avons changé de méthode de comptage cette année.",
    "La subvention exceptionnelle de 2024 n’a pas été renouvelée.",
    "Chiffre vérifié avec notre comptable.",
    "Une partie de l’activité a été confiée à une association partenaire.",
)
# What becomes of a point to justify, by the state of the response; elsewhere it is still open.
JUDGED = {ResponseState.SUBMITTED: FlagState.JUSTIFIED, ResponseState.VALIDATED: FlagState.ACCEPTED}


def raise_flags(campaign: Campaign, *, seed: int, advance: Callable[[int], None]) -> int:
    """Evaluates the rules on every response that was started; returns the number of flags."""
    rng = np.random.default_rng([seed, campaign.year, 9])
    responses = (
        Response.objects.filter(campaign=campaign, revision__gt=0)
        .select_related("campaign__version", "structure", "invited", "submitted_by")
        .defer("campaign__version__document")
        .order_by("pk")
    )
    flags: list[Flag] = []
    for response, at in _with_environments(responses):
        raised_at = response.updated_at or clock.now()
        for finding in compiled_of(response).check(at.env, at.context, at.previous):
            flag = Flag(
                response=response,
                rule_code=finding.rule.code,
                severity=finding.rule.severity.value,
                fields=list(finding.fields),
                message=finding.message,
                raised_at=raised_at,
                updated_at=raised_at,
            )
            if finding.rule.severity is Severity.TO_JUSTIFY and response.state in JUDGED:
                flag.state = JUDGED[ResponseState(response.state)]
                flag.justification = EXPLANATIONS[int(rng.integers(len(EXPLANATIONS)))]
                flag.justified_by, flag.justified_at = response.submitted_by, response.submitted_at
            flags.append(flag)
        advance(1)
    return len(Flag.objects.bulk_create(flags, batch_size=2000))


def _with_environments(responses: QuerySet[Response]) -> Iterator[tuple[Response, Environment]]:
    rows = responses.iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        yield from zip(batch, environments(batch), strict=True)
