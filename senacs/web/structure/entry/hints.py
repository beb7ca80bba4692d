"""Which cell is probably wrong, told while a section is filled: asked by the page once a rule fails."""

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment
from senacs.review.suggestions import Suggestion, suggestions_for
from senacs.web.answers import answers_of
from senacs.web.structure.entry.checks import explained, flags_of


@require_safe
def show(request: HttpRequest, pk: int) -> JsonResponse:
    """The hints of a response as its answers stand, as JSON: text, rules, fields with their way, values proposed."""
    response = answers_of(request, pk)
    answered = explained(flags_of(response))
    hints = suggestions_for(response, environment(response), explained=answered, while_typing=True)
    reply = JsonResponse({"hints": [_told(response, hint) for hint in hints]})
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _told(response: Response, hint: Suggestion) -> dict[str, object]:
    fields = compiled_of(response).questionnaire.fields
    return {
        "text": hint.text,
        "rules": hint.rules,
        "fields": [
            {
                "code": code,
                "label": label,
                "question": fields[code].question,
                "url": f"{reverse('saisie_section', args=[response.pk, fields[code].section])}#champ-{code}",
            }
            for code, label in hint.fields
        ],
        "proposed": hint.proposed,
    }
