"""The Copil of the Nord and its draft, as for the services."""

from tests.publication.conftest import committee, edition, locality, publish_release

__all__ = ["committee", "edition", "locality", "publish_release"]
