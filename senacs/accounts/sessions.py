"""Sessions in the database, as Django keeps them: read at each request, so that closing one is felt at once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from senacs.lib import clock
from senacs.lib.prepared_reads import Prepared

_by_key = Prepared(lambda key: Session.objects.filter(session_key=key).order_by("pk"))


class SessionStore(db.SessionStore):
    """Django's, but for the SQL of its read, which is compiled once."""

    def load(self) -> dict[str, object]:
        session = _by_key.first(self.session_key) if self.session_key else None
        if session is None or session.expire_date <= clock.now():
            self._session_key = None
            return {}
        return self.decode(session.session_data)
