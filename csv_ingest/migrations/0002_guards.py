"""A receipt says for ever what it said: what was received never changes, what is finished neither."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION csv_ingest_upload_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an upload is never deleted' USING ERRCODE = 'restrict_violation';
    ELSIF OLD.state <> 'AWAITING_ANSWER' THEN
        RAISE EXCEPTION 'a finished upload is frozen' USING ERRCODE = 'restrict_violation';
    ELSIF (NEW.original_name, NEW.size, NEW.sha256, NEW.read_as, NEW.uploaded_by_id,
           NEW.uploaded_at, NEW.rows_read, NEW.repeated, NEW.with_problems, NEW.problems,
           NEW.warnings, NEW.notes)
        IS DISTINCT FROM
          (OLD.original_name, OLD.size, OLD.sha256, OLD.read_as, OLD.uploaded_by_id,
           OLD.uploaded_at, OLD.rows_read, OLD.repeated, OLD.with_problems, OLD.problems,
           OLD.warnings, OLD.notes) THEN
        RAISE EXCEPTION 'what was received is frozen' USING ERRCODE = 'restrict_violation';
    ELSIF NEW.state = 'AWAITING_ANSWER' AND NEW.good_rows <> OLD.good_rows THEN
        RAISE EXCEPTION 'what was shown is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER csv_ingest_upload_guard BEFORE UPDATE OR DELETE ON csv_ingest_upload
    FOR EACH ROW EXECUTE FUNCTION csv_ingest_upload_guard();
"""

UNDO = "DROP FUNCTION csv_ingest_upload_guard() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("csv_ingest", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS, UNDO)]
