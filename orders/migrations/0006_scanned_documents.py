"""No document is declared or sent before a virus scanner found it clean, whoever writes the row.

What a scanner finds may be written of a served order's documents too, and nothing else of them:
it is knowledge about the file, no part of what was served. It only ever gets worse: a document
with a virus is never clean again.
"""

from django.db import migrations, models

PART_GUARD = """
CREATE OR REPLACE FUNCTION orders_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.order_id <> OLD.order_id THEN
        PERFORM orders_refuse('a part keeps its order');
    END IF;
    {but_for}
    IF EXISTS (SELECT FROM orders_order WHERE id = of_order AND status <> 'PENDING') THEN
        PERFORM orders_refuse('the parts of an order that is being served or was served are frozen');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
# Back to "not scanned" is no finding, so that one is for pending orders alone.
FINDINGS = """
    IF TG_TABLE_NAME = 'orders_document' AND TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'scan_state' = to_jsonb(OLD) - 'scan_state'
            AND to_jsonb(NEW) ->> 'scan_state' IN ('CLEAN', 'INFECTED') THEN
            RETURN NEW;
        END IF;
    END IF;
"""

CLEAN_ALONE = """
CREATE FUNCTION orders_document_scan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.scan_state = 'INFECTED' THEN
            PERFORM orders_refuse('a file with a virus is not kept');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.scan_state = 'INFECTED' AND NEW.scan_state <> 'INFECTED' THEN
        PERFORM orders_refuse('a document with a virus is never clean again');
    END IF;
    IF (NEW.key, NEW.size, NEW.sha256) IS DISTINCT FROM (OLD.key, OLD.size, OLD.sha256) THEN
        PERFORM orders_refuse('the bytes of a document are never exchanged');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_scan_guard BEFORE INSERT OR UPDATE ON orders_document
    FOR EACH ROW EXECUTE FUNCTION orders_document_scan_guard();

-- Declared: every document of the order is clean, and what is listed is what was scanned.
-- About to be sent: none of them was found infected meanwhile.
CREATE FUNCTION orders_submission_of_clean_documents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM orders_document
                   WHERE order_id = NEW.order_id AND scan_state <> 'CLEAN')
            OR EXISTS (SELECT FROM jsonb_array_elements(NEW.manifest) AS listed
                       WHERE NOT EXISTS (SELECT FROM orders_document
                                         WHERE order_id = NEW.order_id AND scan_state = 'CLEAN'
                                         AND key = listed ->> 'key'
                                         AND sha256 = listed ->> 'sha256')) THEN
            PERFORM orders_refuse('only clean documents are served');
        END IF;
    ELSIF NEW.state = 'SENDING' AND OLD.state <> 'SENDING' THEN
        IF EXISTS (SELECT FROM orders_document
                   WHERE order_id = NEW.order_id AND scan_state = 'INFECTED') THEN
            PERFORM orders_refuse('a document with a virus is never sent');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submission_of_clean_documents BEFORE INSERT OR UPDATE OF state ON orders_submission
    FOR EACH ROW EXECUTE FUNCTION orders_submission_of_clean_documents();
"""
FORWARD = PART_GUARD.format(but_for=FINDINGS) + CLEAN_ALONE
BACKWARD = (
    "DROP TRIGGER submission_of_clean_documents ON orders_submission;"
    "DROP FUNCTION orders_submission_of_clean_documents;"
    "DROP TRIGGER document_scan_guard ON orders_document;"
    "DROP FUNCTION orders_document_scan_guard;" + PART_GUARD.format(but_for="")
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_served_by_email")]

    operations = [
        migrations.AlterField(
            model_name='attempt',
            name='reason',
            field=models.CharField(blank=True, choices=[('unreachable', 'Sirius could not be reached'), ('sign_in', 'Sirius refused the sign-in'), ('busy', 'Sirius asked to wait'), ('session', 'Sirius ended the session twice'), ('storage', 'The document storage could not be reached'), ('lease', 'The worker ran out of its time'), ('worker_lost', 'The worker stopped in the middle'), ('paused', 'Sending was paused'), ('no_answer', 'Sirius gave no clear answer: the order may have been created'), ('invalid', 'Sirius refused the content'), ('already_in_sirius', 'Sirius has an order of this reference and type'), ('unconfirmed', 'Sirius probably has this order; a person must confirm'), ('configuration', 'Sirius refused the request itself'), ('exhausted', 'Every try in 48 hours failed'), ('poison', 'Three workers were lost on it'), ('document', 'A document is missing, is not the one uploaded, or has a virus'), ('operator', 'An operator held it'), ('returned', 'An operator returned it to staff'), ('withdrawn', 'Withdrawn before anything was sent'), ('confirmed', 'Two operators confirmed it')], max_length=20),
        ),
        migrations.AlterField(
            model_name='document',
            name='scan_state',
            field=models.CharField(choices=[('NOT_SCANNED', 'Being checked for viruses'), ('CLEAN', 'Checked for viruses'), ('INFECTED', 'Virus found')], default='NOT_SCANNED', max_length=20),
        ),
        migrations.AlterField(
            model_name='submission',
            name='reason',
            field=models.CharField(blank=True, choices=[('unreachable', 'Sirius could not be reached'), ('sign_in', 'Sirius refused the sign-in'), ('busy', 'Sirius asked to wait'), ('session', 'Sirius ended the session twice'), ('storage', 'The document storage could not be reached'), ('lease', 'The worker ran out of its time'), ('worker_lost', 'The worker stopped in the middle'), ('paused', 'Sending was paused'), ('no_answer', 'Sirius gave no clear answer: the order may have been created'), ('invalid', 'Sirius refused the content'), ('already_in_sirius', 'Sirius has an order of this reference and type'), ('unconfirmed', 'Sirius probably has this order; a person must confirm'), ('configuration', 'Sirius refused the request itself'), ('exhausted', 'Every try in 48 hours failed'), ('poison', 'Three workers were lost on it'), ('document', 'A document is missing, is not the one uploaded, or has a virus'), ('operator', 'An operator held it'), ('returned', 'An operator returned it to staff'), ('withdrawn', 'Withdrawn before anything was sent'), ('confirmed', 'Two operators confirmed it')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('scan_state__in', ['NOT_SCANNED', 'CLEAN', 'INFECTED'])), name='document_scan_state_known'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
