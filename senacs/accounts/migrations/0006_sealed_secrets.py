"""Codes served once are remembered by the database; secrets of second factors stop lying there in clear."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from senacs.accounts.factor_codes import is_sealed, seal


def seal_secrets(apps, schema_editor):
    for one in (
        apps.get_model("mfa", "Authenticator").objects.filter(type__in=["totp", "recovery_codes"]).order_by("pk")
    ):
        sealed = {
            name: seal(text) for name, text in one.data.items() if name in ("secret", "seed") and not is_sealed(text)
        }
        if sealed:
            one.data = {**one.data, **sealed}
            one.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_two_people_give_national_rights"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpentCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "digest"), name="one_code_serves_once")],
            },
        ),
        migrations.RunPython(seal_secrets, migrations.RunPython.noop),
    ]
