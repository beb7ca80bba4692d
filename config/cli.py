"""The `senacs` command: Django's management under the project's own name, and what protects tables without it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# What needs neither settings nor a database.
ALONE = ("protect", "attack")


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["help"] and len(arguments) > 1:
        arguments = [arguments[1], "--help", *arguments[2:]]
    if arguments and arguments[0] in ALONE:
        from senacs.disclosure import commands
        from senacs.lib.parallel import spread

        sys.exit(commands.main(arguments, truth_of=true_answers, spread=spread))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["senacs", *sys.argv[1:]])


def true_answers(release: Path, path: Path, questionnaire: Path | None) -> "pl.DataFrame":
    """What the observatory makes of the answers to a release; it has settings, the attack itself needs none."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from senacs.observatory.secrecy.truth import truth_of

    return truth_of(release, path, questionnaire)


if __name__ == "__main__":
    main()
