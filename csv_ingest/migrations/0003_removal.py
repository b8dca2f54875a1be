"""A removal, and the guard that keeps what it said: frozen once finished, never deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION csv_ingest_removal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a removal is never deleted' USING ERRCODE = 'restrict_violation';
    ELSIF jsonb_array_length(NEW.rows) <> NEW.rows_read THEN
        RAISE EXCEPTION 'a removal answers for every row' USING ERRCODE = 'restrict_violation';
    ELSIF TG_OP = 'INSERT' THEN
        RETURN NEW;
    ELSIF (NEW.original_name, NEW.size, NEW.sha256, NEW.read_as, NEW.uploaded_by_id,
           NEW.uploaded_at, NEW.rows_read, NEW.notes)
        IS DISTINCT FROM
          (OLD.original_name, OLD.size, OLD.sha256, OLD.read_as, OLD.uploaded_by_id,
           OLD.uploaded_at, OLD.rows_read, OLD.notes) THEN
        RAISE EXCEPTION 'what was received is frozen' USING ERRCODE = 'restrict_violation';
    ELSIF OLD.state = 'AWAITING_ANSWER' AND NEW.state = 'AWAITING_ANSWER'
        AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'what was shown is frozen' USING ERRCODE = 'restrict_violation';
    ELSIF OLD.state <> 'AWAITING_ANSWER'
        AND (to_jsonb(NEW) - 'keys_left' <> to_jsonb(OLD) - 'keys_left'
             OR jsonb_array_length(NEW.keys_left) > jsonb_array_length(OLD.keys_left)) THEN
        RAISE EXCEPTION 'a finished removal is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER csv_ingest_removal_guard BEFORE INSERT OR UPDATE OR DELETE ON csv_ingest_removal
    FOR EACH ROW EXECUTE FUNCTION csv_ingest_removal_guard();
"""

UNDO = "DROP FUNCTION csv_ingest_removal_guard() CASCADE;"


class Migration(migrations.Migration):

    dependencies = [
        ('csv_ingest', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original_name', models.CharField(max_length=255)),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('read_as', models.CharField(help_text='what the file was taken for', max_length=255)),
                ('uploaded_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('AWAITING_ANSWER', 'Waiting for an answer'), ('REMOVED', 'Removed'), ('CANCELLED', 'Cancelled')], max_length=20)),
                ('finished_at', models.DateTimeField(null=True)),
                ('rows_read', models.PositiveIntegerField()),
                ('rows_skipped', models.PositiveIntegerField()),
                ('orders', models.PositiveIntegerField(help_text='orders that go')),
                ('cases', models.PositiveIntegerField(help_text='cases that go with their last order')),
                ('rows', models.JSONField(default=list)),
                ('notes', models.JSONField(default=list)),
                ('keys_left', models.JSONField(default=list)),
                ('finished_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-uploaded_at', '-pk'],
                'indexes': [models.Index(fields=['-uploaded_at', '-id'], name='removal_newest'), models.Index(condition=models.Q(('keys_left', []), _negated=True), fields=['id'], name='removal_documents_left')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['AWAITING_ANSWER', 'REMOVED', 'CANCELLED'])), name='removal_state_known'), models.CheckConstraint(condition=models.Q(('rows_skipped__lte', models.F('rows_read'))), name='removal_skips_rows_it_read'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('orders__gt', 0), ('state', 'AWAITING_ANSWER')), models.Q(models.Q(('state', 'AWAITING_ANSWER'), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='removal_waits_or_is_finished')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, UNDO),
    ]
