"""What somebody who judges a response has before their eyes, and the refusal when it is no longer that."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.lib.refusals import Refused
from senacs.review.models import Approval, Flag, Query

MOST_NAMED = 5
_NUMBER = re.compile(r"([0-9]{1,9})-")
CHANGED = "La réponse a changé depuis que vous avez ouvert la page : relisez-la, puis décidez de nouveau."


def seals_of(responses: Collection[Response]) -> dict[int, str]:
    """By key, the seal of what pages show of each: answers, points, demands and agreements. Three queries in all.

    It opens with the number of the last save, which tells later what was changed since.
    """
    told: dict[int, list[str]] = defaultdict(list)
    shown: Iterable[Iterable[tuple[object, ...]]] = (
        Flag.objects.standing().filter(response__in=responses).values_list("response_id", "pk", "state", "message",
                                                                           "justification").order_by("pk"),
        Query.objects.filter(response__in=responses).values_list("response_id", "pk", "state").order_by("pk"),
        Approval.objects.filter(response__in=responses).values_list("response_id", "pk", "side").order_by("pk"),
    )  # fmt: skip
    for rows in shown:
        for pk, *rest in rows:
            told[int(str(pk))].append(repr(rest))
    return {response.pk: _seal(response, told[response.pk]) for response in responses}


def seal_of(response: Response) -> str:
    return seals_of([response])[response.pk]


def require_seen(response: Response, seen: str | None) -> None:
    """Raises Refused, with the names of what changed, unless `seen` is the seal of the locked `response`.

    None is for programs, which judge what they have just read.
    """
    if seen is None or seen == seal_of(response):
        return
    before = _NUMBER.match(seen)
    changed = _changed_since(response, int(before[1])) if before else []
    raise Refused(CHANGED, [f"Ont changé : {', '.join(changed)}."] if changed else [])


def _seal(response: Response, told: Iterable[str]) -> str:
    words = [response.state, str(response.is_contested), *told]
    return f"{response.revision}-{hashlib.sha256('|'.join(words).encode()).hexdigest()[:24]}"


def _changed_since(response: Response, revision: int) -> list[str]:
    """Labels of the fields that were saved after `revision`, a few of them."""
    fields = compiled_of(response).questionnaire.fields
    saved = response.revisions.filter(number__gt=revision).order_by("number").values_list("changes", flat=True)
    labels = [fields[code].label for code in dict.fromkeys(code for changes in saved for code in changes)
              if code in fields]  # fmt: skip
    return labels[:MOST_NAMED] + (["…"] if len(labels) > MOST_NAMED else [])
