"""« Reprendre » and « effacer » as buttons of the plain form, without any script."""

from django.http import QueryDict

from senacs.accounts.models import User
from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.collection.queries import previous_values
from senacs.collection.services import CLEAR, carry_over_section, save_values
from senacs.questionnaire.engine.schema import Section
from senacs.web.structure.entry.inputs import control_text
from senacs.web.structure.entry.saving import to_input

# The value of the button that takes over a whole section.
WHOLE_SECTION = "*"


def take_over(*, response: Response, section: Section, data: QueryDict, by: User) -> None:
    """Carries out the button that sent the form: one field, the empty fields of the section, or a field cleared."""
    fields = {field.code: field for field in section.fields}
    taken, cleared = data.get("reprendre", ""), data.get("effacer", "")
    if taken == WHOLE_SECTION:
        carry_over_section(response=response, section=section.code, by=by)
    elif taken in fields:
        raw = control_text(fields[taken], previous_values(response).get(taken))
        save_values(response=response, inputs={taken: to_input(raw)}, by=by, provenance=Provenance.CARRIED_OVER)
    elif cleared in fields:
        save_values(response=response, inputs={cleared: CLEAR}, by=by)
