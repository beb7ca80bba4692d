"""A process that saves, imports and takes over without end, and prints what it was acknowledged; made to be killed."""

import json
import sys
from itertools import count

import django

django.setup()

from senacs.accounts.models import User  # noqa: E402 - Django first
from senacs.collection.models import ApiToken, Response  # noqa: E402
from senacs.collection.proposals import accept_proposals, propose_values  # noqa: E402
from senacs.collection.services import CLEAR, SaveResult, Sending, carry_over_section, save_values  # noqa: E402


def acts(response: Response, by: User, token: ApiToken, number: int) -> SaveResult:
    """One of the ways of writing, in turn."""
    match number % 4:
        case 0:
            propose_values(response=response, token=token, values={"budget_caf": number, "budget_autres": number})
            return accept_proposals(response=response, proposals=response.proposals.pending(), by=by)
        case 1:
            save_values(response=response, inputs={"etp_total": CLEAR}, by=by)
            return carry_over_section(response=response, section="emplois", by=by)
        case _:
            inputs = {"benevoles": str(number), "commentaire": f"Passage {number}"}
            return save_values(response=response, inputs=inputs, by=by, sending=Sending(key=f"k{number}"))


def main(first: int) -> None:
    response = Response.objects.get(state="draft")
    by = User.objects.get(email="responsable@exemple.fr")
    token = ApiToken.objects.get()
    for number in count(first):
        result = acts(response, by, token, number)
        sys.stdout.write(json.dumps(result.saved) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
