"""What an installation holds, as people would notice it: answers, history, letters, rights, figures.

`python -m tests.upgrades.facts` prints them, with the settings of that installation. They are read by names that last:
a change of a table changes this page with it, and what it says of an old installation stays the same.
"""

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django


def digest(lines: Iterable[object]) -> str:
    """Of lines in whatever order."""
    found = hashlib.sha256()
    for line in sorted(json.dumps(line, ensure_ascii=False, sort_keys=True, default=str) for line in lines):
        found.update(line.encode() + b"\n")
    return found.hexdigest()[:20]


def gather() -> dict[str, Any]:
    from django.conf import settings

    from senacs.accounts.models import AccessEntry, Mandate, User
    from senacs.audit.models import AuditLine
    from senacs.collection.models import Response, ResponseEvent, Revision
    from senacs.letters.models import OutgoingLetter
    from senacs.observatory.models import Release
    from senacs.observatory.releases.reader import ReleaseReader
    from senacs.publication.models import Edition
    from senacs.structures.models import Structure

    responses = Response.objects.select_related("structure", "campaign").order_by("pk")
    revisions = Revision.objects.order_by("pk")
    releases = Release.objects.order_by("pk")
    readers = [ReleaseReader(Path(settings.RELEASES_DIR) / release.name) for release in releases]
    return {
        "structures": digest(Structure.objects.order_by("pk").values_list("code", "name", "kind")),
        "people": digest(User.objects.order_by("pk").values_list("email", "first_name", "last_name", "is_active")),
        "mandates": digest(Mandate.objects.order_by("pk").values_list("user__email", "role", "starts_on", "ends_on")),
        "responses": Counter(f"{one.campaign.year} {one.state}" for one in responses),
        "answers": digest([one.structure.code, one.campaign.year, one.revision, one.values] for one in responses),
        "history": digest(
            [one.response_id, one.number, one.by_id, one.at.isoformat(), one.changes] for one in revisions
        ),
        "events": ResponseEvent.objects.count(),
        "letters": digest(OutgoingLetter.objects.order_by("pk").values_list("to", "subject", "state")),
        "readings": AccessEntry.objects.count(),
        "audit": AuditLine.objects.filter(number__isnull=False).count(),
        "editions": digest(Edition.objects.order_by("pk").values_list("trame", "level", "code", "state")),
        "releases": [[release.name, release.state] for release in releases],
        "figures": [
            digest(
                asdict(cell)
                for level in ("france", "region", "departement")
                for place in reader.territories(level)
                for cell in reader.cells(level, place)
            )
            for reader in readers
        ],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    json.dump(gather(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
