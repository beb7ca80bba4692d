"""The Copil of the Nord and its draft, as for the services."""

from tests.publication.conftest import committee, edition, publish_release

__all__ = ["committee", "edition", "publish_release"]
