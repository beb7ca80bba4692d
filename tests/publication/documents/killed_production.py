"""The process that test_killed_production kills: one production, a document a chunk, each step told on a line."""

import hashlib
import json
import sys
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from django.conf import settings

    for name, value in json.loads(sys.argv[2]).items():
        setattr(settings, name, Path(value))
    from senacs.publication.documents import production
    from senacs.publication.models import ProducedFile, Production

    production.CHUNK = 1

    def tell(now: Production) -> None:
        sys.stdout.write(f"{now.done}\n")
        sys.stdout.flush()

    ended = production.run_production(int(sys.argv[1]), progress=tell, workers=2)
    kept = ProducedFile.objects.filter(release=ended.release)
    contents = {file.key: (Path(settings.MEDIA_ROOT) / file.path).read_bytes() for file in kept}
    whole = [file.key for file in kept if hashlib.sha256(contents[file.key]).hexdigest() == file.checksum]
    story = {"done": ended.done, "total": ended.total, "attempt": ended.attempt, "whole": sorted(whole)}
    sys.stdout.write(json.dumps(story) + "\n")


if __name__ == "__main__":
    main()
