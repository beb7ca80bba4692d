"""What was shown before the ledger enters it: published releases, then local figures, oldest first."""

from typing import Any

from django.db import migrations

from senacs.observatory.ledger import sealed


def record(apps: Any, editor: Any) -> None:
    disclosures = apps.get_model("observatory", "Disclosure").objects
    releases = apps.get_model("observatory", "Release").objects.filter(state="published")
    lines = [
        ("release", release.pk, f"publication {release.campaign.year}-{release.number}", [], [], [], "tout le monde",
         release.published_at)
        for release in releases.select_related("campaign").order_by("published_at", "pk")
    ]  # fmt: skip
    for figures in apps.get_model("publication", "LocalFigures").objects.select_related("group").order_by("pk"):
        cells = sorted({(c["indicator"], c["modality"]) for c in figures.cells if c["status"] == "published"})
        named = sorted((s, code) for s, values in figures.named.items() for code, v in values.items() if v is not None)
        lines.append(
            ("local", figures.release_id, f"locale {figures.pk}", sorted(figures.members), [list(c) for c in cells],
             [list(n) for n in named], f"qui compose « {figures.group.name} »"[:120], figures.made_at)
        )  # fmt: skip
    before = ""
    for kind, release, source, members, cells, named, shown_to, shown_at in lines:
        before = sealed(before, [kind, release, source, members, cells, named, shown_to], shown_at)
        disclosures.create(
            kind=kind,
            release_id=release,
            source=source,
            members=members,
            cells=cells,
            named=named,
            shown_to=shown_to,
            shown_at=shown_at,
            digest=before,
        )


class Migration(migrations.Migration):
    dependencies = [("publication", "0008_seals_of_editions"), ("observatory", "0004_disclosure_ledger")]

    operations = [migrations.RunPython(record, migrations.RunPython.noop, elidable=True)]
