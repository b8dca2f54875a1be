"""Large files are read by a worker: its claim on the row, and a guard that knows the new states."""

from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE OR REPLACE FUNCTION csv_ingest_upload_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an upload is never deleted' USING ERRCODE = 'restrict_violation';
    ELSIF OLD.state IN ('IMPORTED', 'CANCELLED', 'REFUSED', 'FAILED') THEN
        IF to_jsonb(NEW) - 'has_bytes' <> to_jsonb(OLD) - 'has_bytes'
            OR (NEW.has_bytes AND NOT OLD.has_bytes) THEN
            RAISE EXCEPTION 'a finished upload is frozen' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    ELSIF (NEW.original_name, NEW.size, NEW.sha256, NEW.uploaded_by_id, NEW.uploaded_at, NEW.key,
           NEW.trace_id)
        IS DISTINCT FROM
          (OLD.original_name, OLD.size, OLD.sha256, OLD.uploaded_by_id, OLD.uploaded_at, OLD.key,
           OLD.trace_id) THEN
        RAISE EXCEPTION 'what was received is frozen' USING ERRCODE = 'restrict_violation';
    ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('QUEUED', 'READING'), ('QUEUED', 'CANCELLED'), ('QUEUED', 'FAILED'),
        ('READING', 'QUEUED'), ('READING', 'AWAITING_ANSWER'), ('READING', 'IMPORTING'),
        ('READING', 'REFUSED'), ('READING', 'CANCELLED'), ('READING', 'FAILED'),
        ('AWAITING_ANSWER', 'IMPORTING'), ('AWAITING_ANSWER', 'IMPORTED'),
        ('AWAITING_ANSWER', 'CANCELLED'),
        ('IMPORTING', 'IMPORTED'), ('IMPORTING', 'FAILED')) THEN
        RAISE EXCEPTION 'an upload does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    ELSIF OLD.state IN ('AWAITING_ANSWER', 'IMPORTING') THEN
        IF (NEW.read_as, NEW.rows_read, NEW.repeated, NEW.with_problems, NEW.problems,
            NEW.warnings, NEW.notes)
            IS DISTINCT FROM
           (OLD.read_as, OLD.rows_read, OLD.repeated, OLD.with_problems, OLD.problems,
            OLD.warnings, OLD.notes) THEN
            RAISE EXCEPTION 'what was found is frozen' USING ERRCODE = 'restrict_violation';
        ELSIF NEW.state IN ('AWAITING_ANSWER', 'IMPORTING') AND NEW.good_rows <> OLD.good_rows THEN
            RAISE EXCEPTION 'what was shown is frozen' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('csv_ingest', '0003_removal'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='upload',
            name='upload_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='upload',
            name='upload_waits_or_is_finished',
        ),
        migrations.AddField(
            model_name='upload',
            name='crashes',
            field=models.PositiveIntegerField(default=0, help_text='workers that were lost over it'),
        ),
        migrations.AddField(
            model_name='upload',
            name='fence',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='upload',
            name='has_bytes',
            field=models.BooleanField(default=False, help_text='whether they stand in the bucket'),
        ),
        migrations.AddField(
            model_name='upload',
            name='key',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='upload',
            name='lease_expires_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='upload',
            name='lease_owner',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='upload',
            name='percent_done',
            field=models.PositiveSmallIntegerField(default=0, help_text="of the file's bytes"),
        ),
        migrations.AddField(
            model_name='upload',
            name='rows_done',
            field=models.PositiveIntegerField(default=0, help_text='rows read so far'),
        ),
        migrations.AddField(
            model_name='upload',
            name='trace_id',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='upload',
            name='why',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='upload',
            name='state',
            field=models.CharField(choices=[('QUEUED', 'Waiting to be read'), ('READING', 'Being read'), ('AWAITING_ANSWER', 'Waiting for an answer'), ('IMPORTING', 'Being imported'), ('IMPORTED', 'Imported'), ('CANCELLED', 'Cancelled'), ('REFUSED', 'Cannot be read'), ('FAILED', 'Failed')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(condition=models.Q(('state__in', ('QUEUED', 'READING', 'IMPORTING'))), fields=['uploaded_at', 'id'], name='upload_in_hand'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(condition=models.Q(('has_bytes', True)), fields=['id'], name='upload_bytes_left'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['QUEUED', 'READING', 'AWAITING_ANSWER', 'IMPORTING', 'IMPORTED', 'CANCELLED', 'REFUSED', 'FAILED'])), name='upload_state_known'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state', 'AWAITING_ANSWER'), ('with_problems__gt', 0)), models.Q(('finished_at__isnull', True), ('state__in', ('QUEUED', 'READING', 'IMPORTING'))), models.Q(('finished_at__isnull', False), ('good_rows', []), ('state__in', ('IMPORTED', 'CANCELLED', 'REFUSED', 'FAILED'))), _connector='OR'), name='upload_waits_or_is_finished'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['READING', 'IMPORTING']), ('lease_expires_at__isnull', True), _connector='OR'), name='upload_lease_while_in_hand'),
        ),
        # No way back: the guard before knows no waiting file, and would freeze it.
        migrations.RunSQL(FUNCTIONS),
    ]
