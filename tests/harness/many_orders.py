"""Orders that are ready to be served, made many at a time, with their documents in the bucket."""

import datetime as dt
import hashlib
import os

import boto3
from botocore.config import Config

from devstack.samples import sample_document
from orders.models import Deputy, Document, Order
from orders.services.orders import register_orders
from tests.orders.words import new_order

MADE = dt.date(2026, 5, 1)


def court_reference(number: int) -> str:
    """One that holds its check (modulus 11)."""
    digits = f"{number:07}"
    total = sum(int(d) * w for d, w in zip(digits, (3, 4, 7, 5, 8, 2, 4), strict=True))
    return digits + "0123456789T"[(11 - total % 11) % 11]


def make_orders(count: int, *, by, now: dt.datetime, first: int = 2_000_000) -> list[int]:
    """Their ids, by age; each with one small document that really lies in the bucket."""
    references = [court_reference(first + number) for number in range(count)]
    register_orders(
        rows=[new_order(case_number=reference, order_type="HW") for reference in references],
        by=by,
        now=now,
    )
    found = {
        order.case.case_number: order
        for order in Order.objects.filter(case__case_number__in=references).select_related("case")
    }
    orders = [found[reference] for reference in references]
    for order in orders:
        order.order_subtype, order.appointment_type = "INTERIM_ORDER", "SOLE"
    Order.objects.bulk_update(orders, ["order_subtype", "appointment_type"], batch_size=200)
    Deputy.objects.bulk_create(
        Deputy(order=order, deputy_type="LAY", first_name="Dana", last_name="Deputy")
        for order in orders
    )
    content = sample_document("pdf", words="the same for all")
    store = boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT"],
        region_name=os.environ["AWS_REGION"],
        config=Config(s3={"addressing_style": "path"}),
    )
    for order in orders:
        store.put_object(
            Bucket=os.environ["DOCUMENTS_BUCKET"], Key=f"many_{order.pk}.pdf", Body=content
        )
    Document.objects.bulk_create(
        Document(
            order=order,
            document_type="COURT_ORDER",
            key=f"many_{order.pk}.pdf",
            name="Order.pdf",
            content_type="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            scan_state="CLEAN",
            uploaded_by=by,
            uploaded_at=now,
        )
        for order in orders
    )
    return [order.pk for order in orders]
