"""What must never be false, whoever writes: legal moves, frozen columns, served for ever.

The tables of `orders/rules.py` are repeated here on purpose: a migration is history and does not
change with the code. A test holds the two together.
"""

from django.db import migrations

LEGAL_MOVES = {
    "QUEUED": ["PREPARING", "ACCEPTED", "HELD", "CANCELLED"],
    "PREPARING": ["QUEUED", "SENDING", "UNKNOWN", "HELD", "ACCEPTED"],
    "SENDING": ["QUEUED", "UNKNOWN", "ACCEPTED", "REJECTED", "HELD"],
    "UNKNOWN": ["PREPARING", "ACCEPTED", "HELD"],
    "HELD": ["QUEUED", "UNKNOWN", "ACCEPTED", "CANCELLED"],
}
MOVES = ", ".join(
    f"('{before}', '{after}')" for before, afters in LEGAL_MOVES.items() for after in afters
)

FUNCTIONS = f"""
CREATE FUNCTION orders_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION orders_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A test database is emptied between tests; no other ever is.
    IF current_database() NOT LIKE 'test\\_%' THEN
        PERFORM orders_refuse(format('%s is never emptied', TG_TABLE_NAME));
    END IF;
    RETURN NULL;
END $$;

-- Submission: begins queued, moves only by the table, keeps what was declared, is never removed.
CREATE FUNCTION orders_submission_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM orders_refuse('a submission is never deleted');
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'QUEUED' OR NEW.maybe_applied OR NEW.order_id IS NULL THEN
            PERFORM orders_refuse('a submission begins queued, of an order');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('ACCEPTED', 'REJECTED', 'CANCELLED')
        AND to_jsonb(NEW) - 'order_id' <> to_jsonb(OLD) - 'order_id' THEN
        PERFORM orders_refuse('a finished submission is frozen');
    END IF;
    IF NEW.order_id IS DISTINCT FROM OLD.order_id
        AND (NEW.order_id IS NOT NULL OR OLD.state NOT IN ('REJECTED', 'CANCELLED')) THEN
        PERFORM orders_refuse('a submission keeps its order');
    END IF;
    IF (NEW.court_reference, NEW.order_type, NEW.payload, NEW.payload_sha256, NEW.manifest,
        NEW.declared_by_id, NEW.declared_at, NEW.trace_id)
        IS DISTINCT FROM
       (OLD.court_reference, OLD.order_type, OLD.payload, OLD.payload_sha256, OLD.manifest,
        OLD.declared_by_id, OLD.declared_at, OLD.trace_id) THEN
        PERFORM orders_refuse('what was declared is frozen');
    END IF;
    IF OLD.maybe_applied AND NOT NEW.maybe_applied THEN
        PERFORM orders_refuse('maybe_applied is never cleared');
    END IF;
    IF NEW.fence < OLD.fence THEN
        PERFORM orders_refuse('the fence only rises');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN ({MOVES}) THEN
        PERFORM orders_refuse(format('no move from %s to %s', OLD.state, NEW.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submission_guard BEFORE INSERT OR UPDATE OR DELETE ON orders_submission
    FOR EACH ROW EXECUTE FUNCTION orders_submission_guard();

-- Attempt: written open, closed once, never removed.
CREATE FUNCTION orders_attempt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM orders_refuse('an attempt is never deleted');
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.ended_at IS NOT NULL THEN
            PERFORM orders_refuse('an attempt is written before its call');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.ended_at IS NOT NULL THEN
        PERFORM orders_refuse('a closed attempt is frozen');
    END IF;
    IF NEW.ended_at IS NULL OR
        (NEW.id, NEW.submission_id, NEW.number, NEW.kind, NEW.worker, NEW.request_id, NEW.started_at)
        IS DISTINCT FROM
        (OLD.id, OLD.submission_id, OLD.number, OLD.kind, OLD.worker, OLD.request_id, OLD.started_at)
    THEN
        PERFORM orders_refuse('an attempt can only be closed');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempt_guard BEFORE INSERT OR UPDATE OR DELETE ON orders_attempt
    FOR EACH ROW EXECUTE FUNCTION orders_attempt_guard();

-- Order: pending, serving, served; only a pending one changes or goes.
CREATE FUNCTION orders_order_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'PENDING' THEN
            PERFORM orders_refuse('an order that is being served or was served is not deleted');
        END IF;
        RETURN OLD;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'PENDING' THEN
            PERFORM orders_refuse('an order begins pending');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'SERVED' THEN
        PERFORM orders_refuse('a served order is frozen');
    END IF;
    IF OLD.status = 'SERVING' AND
        to_jsonb(NEW) - 'status' - 'served_at' <> to_jsonb(OLD) - 'status' - 'served_at' THEN
        PERFORM orders_refuse('an order that is being served is frozen');
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status::text, NEW.status::text) NOT IN
        (('PENDING', 'SERVING'), ('SERVING', 'SERVED'), ('SERVING', 'PENDING')) THEN
        PERFORM orders_refuse(format('no move from %s to %s', OLD.status, NEW.status));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_guard BEFORE INSERT OR UPDATE OR DELETE ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_order_guard();

-- Deputies and documents change only while their order is pending.
CREATE FUNCTION orders_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.order_id <> OLD.order_id THEN
        PERFORM orders_refuse('a part keeps its order');
    END IF;
    IF EXISTS (SELECT FROM orders_order WHERE id = of_order AND status <> 'PENDING') THEN
        PERFORM orders_refuse('the parts of an order that is being served or was served are frozen');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER deputy_guard BEFORE INSERT OR UPDATE OR DELETE ON orders_deputy
    FOR EACH ROW EXECUTE FUNCTION orders_part_guard();
CREATE TRIGGER document_guard BEFORE INSERT OR UPDATE OR DELETE ON orders_document
    FOR EACH ROW EXECUTE FUNCTION orders_part_guard();

-- A case keeps the name under which one of its orders was served.
CREATE FUNCTION orders_case_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM orders_order WHERE case_id = OLD.id AND status <> 'PENDING') THEN
        PERFORM orders_refuse('the case of an order that is being served or was served is frozen');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER case_guard BEFORE UPDATE OR DELETE ON orders_case
    FOR EACH ROW EXECUTE FUNCTION orders_case_guard();

-- At the end of each transaction an order and its submissions tell the same story.
CREATE FUNCTION orders_same_story() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint := CASE WHEN TG_TABLE_NAME = 'orders_order' THEN NEW.id
                            ELSE (to_jsonb(NEW) ->> 'order_id')::bigint END;
    stands text := (SELECT status FROM orders_order WHERE id = of_order);
    live int := (SELECT count(*) FROM orders_submission WHERE order_id = of_order
                 AND state IN ('QUEUED', 'PREPARING', 'SENDING', 'UNKNOWN', 'HELD'));
    accepted int := (SELECT count(*) FROM orders_submission WHERE order_id = of_order
                     AND state = 'ACCEPTED');
BEGIN
    IF stands = 'PENDING' AND (live <> 0 OR accepted <> 0)
        OR stands = 'SERVING' AND (live <> 1 OR accepted <> 0)
        OR stands = 'SERVED' AND (live <> 0 OR accepted <> 1) THEN
        PERFORM orders_refuse(format('order %s stands %s with %s live and %s accepted submissions',
                                     of_order, stands, live, accepted));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER order_same_story AFTER UPDATE OF status ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_same_story();
CREATE CONSTRAINT TRIGGER submission_same_story AFTER INSERT OR UPDATE OF state ON orders_submission
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_same_story();
"""

GUARDED = ("case", "order", "deputy", "document", "submission", "attempt")
TRUNCATES = "\n".join(
    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON orders_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION orders_no_truncate();"
    for table in GUARDED
)
SWITCH = "INSERT INTO orders_sendingswitch (id, paused, failures) VALUES (1, false, 0);"

BACKWARD = (
    "DELETE FROM orders_sendingswitch;"
    + "".join(f"DROP TRIGGER {table}_no_truncate ON orders_{table};" for table in GUARDED)
    + "DROP TRIGGER order_same_story ON orders_order;"
    + "DROP TRIGGER submission_same_story ON orders_submission;"
    + "".join(f"DROP TRIGGER {table}_guard ON orders_{table};" for table in GUARDED)
    + "DROP FUNCTION orders_same_story; DROP FUNCTION orders_case_guard;"
    + "DROP FUNCTION orders_part_guard; DROP FUNCTION orders_order_guard;"
    + "DROP FUNCTION orders_attempt_guard; DROP FUNCTION orders_submission_guard;"
    + "DROP FUNCTION orders_no_truncate; DROP FUNCTION orders_refuse;"
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS + TRUNCATES + SWITCH, BACKWARD)]
