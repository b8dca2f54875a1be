"""Searches by part of a name, and the lists' pages, straight from an index.

`pg_trgm` is a trusted extension: the owner of the database may create it, nobody need be superuser.
"""

import django.db.models.functions.text
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.models import Func, Q, Value

# What searches compare: no capitals, no accents (a letter's marks are cut off after they were taken
# apart), one kind of apostrophe, one space between words. Names only by pg_catalog: a column and an
# index stand on it, also while a dump is read back.
FORWARD = r"""
CREATE FUNCTION orders_search_text(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        lower(regexp_replace(
            normalize(translate(words, '‘’`´', ''''''''''), NFKD), '[\u0300-\u036f]', '', 'g'
        )),
        '\s+', ' ', 'g'
    ));
"""
BACKWARD = "DROP FUNCTION orders_search_text(text);"


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_guards")]
    operations = [
        TrigramExtension(),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddField(
            model_name="case",
            name="search_text",
            field=models.GeneratedField(
                db_persist=True,
                expression=Func(
                    django.db.models.functions.text.Concat("forename", Value(" "), "surname"),
                    function="orders_search_text",
                    output_field=models.TextField(),
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=GinIndex(fields=["search_text"], name="case_search", opclasses=["gin_trgm_ops"]),
        ),
        migrations.RemoveIndex(model_name="order", name="order_to_do"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["-status", "issue_date", "id"],
                condition=~Q(status="SERVED"),
                name="order_to_do",
            ),
        ),
    ]
