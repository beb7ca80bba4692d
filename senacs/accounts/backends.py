"""The person behind a request, read in one query with what each request asks of them."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef

from senacs.accounts.models import CharteVersion, Mandate, User
from senacs.accounts.permissions import keep_mandates
from senacs.accounts.queries import ACCEPTED
from senacs.accounts.second_factor import HELD, holds_factor
from senacs.lib import clock
from senacs.lib.prepared_reads import Prepared

_newest = CharteVersion.objects.order_by("-number").values("number")[:1]
_mandates = Prepared(
    lambda user: (
        Mandate.objects.filter(user=user)
        .select_related("user")
        .annotate(
            owes_charte=Exists(
                CharteVersion.objects.filter(number=_newest).exclude(acceptances__user=OuterRef("user"))
            ),
            holds_factor=holds_factor(OuterRef("user")),
        )
        .order_by("pk")
    )
)


class PersonBackend(ModelBackend):
    """Signs in as Django does; a person with mandates comes with them, with the charter and a second factor or not."""

    def get_user(self, user_id: int) -> User | None:
        mandates = _mandates.run(user_id)
        if not mandates:
            return super().get_user(user_id)
        person = mandates[0].user
        if not self.user_can_authenticate(person):
            return None
        today = clock.today()
        keep_mandates(person, [m for m in mandates if m.holds_on(today)])
        setattr(person, ACCEPTED, not mandates[0].owes_charte)  # type: ignore[attr-defined]  # annotated
        setattr(person, HELD, mandates[0].holds_factor)  # type: ignore[attr-defined]  # annotated
        return person
