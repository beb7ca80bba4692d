from django.db import migrations

import senacs.lib.fast_json


def compress_fast(apps, schema_editor):
    """PostgreSQL 14 and later, where it was built with lz4: 0.1 ms less at each entry than with its own compression."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)")
        if cursor.fetchone():
            cursor.execute('ALTER TABLE collection_response ALTER COLUMN "values" SET COMPRESSION lz4')


class Migration(migrations.Migration):
    dependencies = [("collection", "0003_api_calls_counted")]

    operations = [
        migrations.AlterField(
            model_name="response",
            name="values",
            field=senacs.lib.fast_json.DocumentField(default=dict),
        ),
        migrations.RunPython(compress_fast, migrations.RunPython.noop),
    ]
