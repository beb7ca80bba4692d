from django.db import migrations, models

import senacs.lib.fast_json


class Migration(migrations.Migration):
    dependencies = [("collection", "0003_api_calls_counted")]

    operations = [
        # How Python reads and writes the column, nothing of the column itself: the table is not made again.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="response",
                    name="values",
                    field=models.JSONField(
                        decoder=senacs.lib.fast_json.Decoder, default=dict, encoder=senacs.lib.fast_json.Encoder
                    ),
                )
            ]
        )
    ]
