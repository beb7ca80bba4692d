from datetime import timedelta

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def tie_to_mandates(apps, schema_editor):
    """Tokens made before live a year from their making, under the mandate that their maker holds today."""
    ApiToken = apps.get_model("collection", "ApiToken")
    Mandate = apps.get_model("accounts", "Mandate")
    for token in ApiToken.objects.order_by("pk").iterator():
        token.expires_at = token.created_at + timedelta(days=400)
        token.mandate = (
            Mandate.objects.filter(user=token.created_by_id, structure=token.structure_id, role="responsable")
            .order_by("-pk")
            .first()
        )
        token.save(update_fields=["expires_at", "mandate"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_invitations_and_addresses"),
        ("collection", "0004_documents_as_text"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="mandate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.mandate",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.RunPython(tie_to_mandates, migrations.RunPython.noop),
    ]
