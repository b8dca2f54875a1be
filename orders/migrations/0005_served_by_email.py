"""An order may be served without a submission, if an administrator recorded that it went by email.

Then, and only then, it goes straight from pending to served; what was recorded is never changed.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ORDER_MOVES = """
CREATE OR REPLACE FUNCTION orders_order_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.status <> OLD.status AND (OLD.status::text, NEW.status::text) NOT IN ({moves}) THEN
        PERFORM orders_refuse(format('no move from %s to %s', OLD.status, NEW.status));
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = "('PENDING', 'SERVING'), ('SERVING', 'SERVED'), ('SERVING', 'PENDING')"
AFTER = f"{BEFORE}, ('PENDING', 'SERVED')"

SAME_STORY = """
CREATE OR REPLACE FUNCTION orders_same_story() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint := CASE WHEN TG_TABLE_NAME = 'orders_order' THEN NEW.id
                            ELSE (to_jsonb(NEW) ->> 'order_id')::bigint END;
    stands text := (SELECT status FROM orders_order WHERE id = of_order);
    live int := (SELECT count(*) FROM orders_submission WHERE order_id = of_order
                 AND state IN ('QUEUED', 'PREPARING', 'SENDING', 'UNKNOWN', 'HELD'));
    accepted int := (SELECT count(*) FROM orders_submission WHERE order_id = of_order
                     AND state = 'ACCEPTED');
    {by_email}
BEGIN
    IF stands = 'PENDING' AND (live <> 0 OR accepted <> 0 {never})
        OR stands = 'SERVING' AND (live <> 1 OR accepted <> 0 {never})
        OR stands = 'SERVED' AND (live <> 0 OR accepted {plus} <> 1) THEN
        PERFORM orders_refuse(format('order %s stands %s with %s live and %s accepted submissions',
                                     of_order, stands, live, accepted));
    END IF;
    RETURN NULL;
END $$;
"""
COUNTED = {
    "by_email": "by_email int := (SELECT count(*) FROM orders_servedbyemail"
    " WHERE order_id = of_order);",
    "never": "OR by_email <> 0",
    "plus": "+ by_email",
}
NOT_COUNTED = {"by_email": "", "never": "", "plus": ""}

RECORD = """
CREATE FUNCTION orders_servedbyemail_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM orders_refuse('what was recorded of an order served by email is never changed');
    RETURN NULL;
END $$;
CREATE TRIGGER servedbyemail_guard BEFORE UPDATE OR DELETE ON orders_servedbyemail
    FOR EACH ROW EXECUTE FUNCTION orders_servedbyemail_guard();
CREATE TRIGGER servedbyemail_no_truncate BEFORE TRUNCATE ON orders_servedbyemail
    FOR EACH STATEMENT EXECUTE FUNCTION orders_no_truncate();
CREATE CONSTRAINT TRIGGER servedbyemail_same_story AFTER INSERT ON orders_servedbyemail
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_same_story();
"""
FORWARD = ORDER_MOVES.format(moves=AFTER) + SAME_STORY.format(**COUNTED) + RECORD
BACKWARD = (
    "DROP TRIGGER servedbyemail_same_story ON orders_servedbyemail;"
    "DROP TRIGGER servedbyemail_no_truncate ON orders_servedbyemail;"
    "DROP TRIGGER servedbyemail_guard ON orders_servedbyemail;"
    "DROP FUNCTION orders_servedbyemail_guard;"
    + ORDER_MOVES.format(moves=BEFORE)
    + SAME_STORY.format(**NOT_COUNTED)
)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_court_order_reading"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ServedByEmail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_date", models.DateField()),
                ("evidence", models.CharField(max_length=255)),
                ("reason", models.CharField(max_length=255)),
                ("recorded_at", models.DateTimeField()),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="served_by_email",
                        to="orders.order",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "order served by email",
                "verbose_name_plural": "orders served by email",
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
