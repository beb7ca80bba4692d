"""Six directors, each with a structure of their own, signed in: what their browsers hold, as JSON."""

import json

import django
from django.test import Client

# None is part of another.
NAMES = ("Les Tilleuls", "La Ruche", "Le Port", "Les Cèdres", "Bellevue", "Saint-Exupéry")


def main() -> None:
    django.setup()
    from tests import factories

    caf = factories.make_caf()
    campaign = factories.make_campaign()
    for name in NAMES:
        structure = factories.make_structure(caf=caf, name=name)
        person = factories.make_user()
        factories.make_mandate(person, factories.Role.RESPONSABLE, structure=structure)
        factories.accept_charte(person)
        response = factories.make_response(structure=structure, campaign=campaign)
        client = Client()
        client.force_login(person, backend="senacs.accounts.backends.PersonBackend")
        held = {"session": client.cookies["sessionid"].value, "page": f"/saisie/{response.pk}/", "name": structure.name}
        print(json.dumps(held))  # noqa: T201


if __name__ == "__main__":
    main()
