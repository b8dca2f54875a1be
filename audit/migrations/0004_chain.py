"""Chain the diary: a digest for each entry, a link for each batch of entries, in order of commit.

docs/adr/0018 tells why. The canonical texts below are repeated in audit/canonical.py on purpose:
who verifies must not ask the database that is doubted.
"""

from django.db import migrations, models

ENTRY_DIGEST = """sha256(convert_to(json_build_array(
    id, (extract(epoch FROM at) * 1000000)::bigint, event, by_id, by_name, subject_kind, subject_id,
    facts::text, trace_id, release, batch_id)::text, 'UTF8'))"""
LINK_HASH = """sha256(convert_to(json_build_array(
    {place}, {batch}, {last}, {entries}, {total}, (extract(epoch FROM {at}) * 1000000)::bigint,
    encode({digest}, 'hex'), encode({previous}, 'hex'))::text, 'UTF8'))"""

# What stands in the diary before there was a chain: batches of a thousand, each with its link.
CHAIN_WHAT_IS_THERE = f"""
ALTER TABLE audit_entry DISABLE TRIGGER entry_append_only;
UPDATE audit_entry SET batch_id = batch.first FROM (
    SELECT id, min(id) OVER (PARTITION BY (number - 1) / 1000) AS first
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM audit_entry) AS numbered
) AS batch WHERE batch.id = audit_entry.id;
UPDATE audit_entry SET digest = {ENTRY_DIGEST};
ALTER TABLE audit_entry ENABLE TRIGGER entry_append_only;

DO $$
DECLARE
    batch record;
    place bigint := 0;
    so_far bigint := 0;
    previous bytea := '';
    hash bytea;
BEGIN
    FOR batch IN
        SELECT batch_id, max(id) AS last, count(*) AS entries,
               sha256(string_agg(digest, ''::bytea ORDER BY id)) AS digest
        FROM audit_entry GROUP BY batch_id ORDER BY batch_id
    LOOP
        place := place + 1;
        so_far := so_far + batch.entries;
        hash := {LINK_HASH.format(place="place", batch="batch.batch_id", last="batch.last",
                                  entries="batch.entries", total="so_far", at="now()",
                                  digest="batch.digest", previous="previous")};
        INSERT INTO audit_link
            (batch_id, last_id, entries, digest, position, total, at, previous, hash)
        VALUES (batch.batch_id, batch.last, batch.entries, batch.digest, place, so_far, now(),
                previous, hash);
        previous := hash;
    END LOOP;
END $$;
"""

FUNCTIONS = f"""
-- The one way in. `given` is a list of [kind of subject, its id, facts].
CREATE FUNCTION audit_append(moment timestamptz, what text, who_id bigint, who text, trace text,
                             running text, given jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_entry (id, at, event, by_id, by_name, subject_kind, subject_id, facts,
                                    trace_id, release, batch_id, digest)
    WITH numbered AS MATERIALIZED (
        SELECT nextval('public.audit_entry_id_seq') AS id, line
        FROM jsonb_array_elements(given) AS line
    ), entry AS (
        SELECT id, moment AS at, what AS event, who_id AS by_id, who AS by_name,
               line ->> 0 AS subject_kind, (line ->> 1)::bigint AS subject_id, line -> 2 AS facts,
               trace AS trace_id, running AS release, min(id) OVER () AS batch_id
        FROM numbered
    )
    SELECT *, {ENTRY_DIGEST} FROM entry;
END $$;

-- At the end of the transaction: what each batch holds. Takes no lock, so it may take its time.
CREATE FUNCTION audit_close_batch()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_link (batch_id, last_id, entries, digest)
    SELECT NEW.batch_id, max(id), count(*), sha256(string_agg(digest, ''::bytea ORDER BY id))
    FROM public.audit_entry WHERE batch_id = NEW.batch_id;
    RETURN NULL;
END $$;

-- After every other deferred check of the transaction (this event is queued only by the one above),
-- so that nobody waits for a row while holding the chain. From here to the commit, one at a time.
CREATE FUNCTION audit_chain()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tail public.audit_link;
    moment timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(7238461);
    SELECT * INTO tail FROM public.audit_link
        WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1;
    moment := clock_timestamp();
    tail.position := coalesce(tail.position, 0) + 1;
    tail.total := coalesce(tail.total, 0) + NEW.entries;
    tail.previous := coalesce(tail.hash, '');
    UPDATE public.audit_link SET
        position = tail.position, total = tail.total, at = moment, previous = tail.previous,
        hash = {LINK_HASH.format(place="tail.position", batch="NEW.batch_id", last="NEW.last_id",
                                 entries="NEW.entries", total="tail.total", at="moment",
                                 digest="NEW.digest", previous="tail.previous")}
    WHERE batch_id = NEW.batch_id;
    RETURN NULL;
END $$;

-- A link is written open, closed once in the same transaction, and then stands.
CREATE FUNCTION audit_link_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.position IS NULL THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL
        AND (NEW.batch_id, NEW.last_id, NEW.entries, NEW.digest)
          = (OLD.batch_id, OLD.last_id, OLD.entries, OLD.digest) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the chain of the diary is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE CONSTRAINT TRIGGER entry_batch AFTER INSERT ON audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id = NEW.batch_id)
    EXECUTE FUNCTION audit_close_batch();
CREATE CONSTRAINT TRIGGER link_chain AFTER INSERT ON audit_link
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE TRIGGER link_append_only BEFORE INSERT OR UPDATE OR DELETE ON audit_link
    FOR EACH ROW EXECUTE FUNCTION audit_link_guard();
CREATE TRIGGER link_no_truncate BEFORE TRUNCATE ON audit_link
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();
CREATE TRIGGER head_append_only BEFORE UPDATE OR DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only();
CREATE TRIGGER head_no_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();

-- Also in a session that calls itself a replica.
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER entry_append_only;
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER entry_no_truncate;
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER entry_batch;
ALTER TABLE audit_link ENABLE ALWAYS TRIGGER link_chain;
ALTER TABLE audit_link ENABLE ALWAYS TRIGGER link_append_only;
ALTER TABLE audit_link ENABLE ALWAYS TRIGGER link_no_truncate;
ALTER TABLE audit_head ENABLE ALWAYS TRIGGER head_append_only;
ALTER TABLE audit_head ENABLE ALWAYS TRIGGER head_no_truncate;

-- What nobody was given, nobody has. Who may append is said when rights are granted.
REVOKE ALL ON FUNCTION audit_append(timestamptz, text, bigint, text, text, text, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_close_batch() FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_chain() FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_link_guard() FROM PUBLIC;
"""

BACKWARD = """
DROP TRIGGER head_no_truncate ON audit_head;
DROP TRIGGER head_append_only ON audit_head;
DROP TRIGGER link_no_truncate ON audit_link;
DROP TRIGGER link_append_only ON audit_link;
DROP TRIGGER link_chain ON audit_link;
DROP TRIGGER entry_batch ON audit_entry;
DROP FUNCTION audit_link_guard;
DROP FUNCTION audit_chain;
DROP FUNCTION audit_close_batch;
DROP FUNCTION audit_append;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_events_by_name")]

    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("batch_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_id", models.BigIntegerField()),
                ("entries", models.IntegerField()),
                ("digest", models.BinaryField()),
                ("position", models.BigIntegerField(null=True, unique=True)),
                ("total", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(null=True)),
                ("previous", models.BinaryField(null=True)),
                ("hash", models.BinaryField(null=True)),
            ],
            options={"verbose_name": "link of the diary", "ordering": ["position"]},
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.BigIntegerField()),
                ("key", models.CharField(max_length=200, unique=True)),
                ("signed_at", models.DateTimeField()),
            ],
            options={"verbose_name": "signed head of the diary", "ordering": ["id"]},
        ),
        migrations.AddField("entry", "batch_id", models.BigIntegerField(null=True, editable=False)),
        migrations.AddField("entry", "digest", models.BinaryField(null=True)),
        migrations.RunSQL(CHAIN_WHAT_IS_THERE, migrations.RunSQL.noop),
        migrations.AlterField("entry", "batch_id", models.BigIntegerField(editable=False)),
        migrations.AlterField("entry", "digest", models.BinaryField()),
        migrations.AddIndex("entry", models.Index(fields=["batch_id"], name="entry_batch")),
        migrations.RunSQL(FUNCTIONS, BACKWARD),
    ]
