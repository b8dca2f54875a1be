import datetime as dt, io, os
import pytest
from django.test import Client
from playwright.sync_api import sync_playwright
from orders import rules
from orders.models import *
from orders.services.orders import register_orders, answer_order
from orders.services.deputies import add_deputy
from orders.services.serving import serve_order
from orders.services import breaker
from tests.orders.words import ANSWERS, new_order
from tests.orders.reading import Reader

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

@pytest.mark.django_db(transaction=True)
def test_shots(live_server, sam, now, ready_order, pending_order, worker, attach, store, sirius, client_of):
    rows = [new_order(case_number=f"{1000000+i}0", order_number=str(i), order_type="HW" if i % 3 else "PF", surname=f"Client{i}", issue_date=dt.date(2026,5,2)+dt.timedelta(days=i%20)) for i in range(160)]
    register_orders(rows=rows, by=sam, now=now)
    done = ready_order()
    s = serve_order(order_id=done.pk, by=sam, now=now); worker.deliver(s); assert s.state == "ACCEPTED"
    o = ready_order(forename="Wilhelmina-Antoinette", surname="Featherstonehaugh-Cholmondeley")
    add_deputy(order_id=o.pk, answers={**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY", "first_name": "Leeds", "last_name": "City Council", "date_of_birth": None, "email": "", "town": "", "address_line_1": ""}, by=sam, now=now)
    attach(o, rules.DocumentType.OTHER, words="x"); attach(o, rules.DocumentType.OTHER, words="y", extension="docx")
    ret = ready_order()
    s = serve_order(order_id=ret.pk, by=sam, now=now)
    Submission.objects.filter(pk=s.pk).update(state="PREPARING", lease_expires_at=now)
    Submission.objects.filter(pk=s.pk).update(state="SENDING")
    from django.db import transaction
    with transaction.atomic():
      Submission.objects.filter(pk=s.pk).update(state="REJECTED", reason="invalid", lease_expires_at=None, sirius_answer={"validation_errors": {"deputies.0.email": ["is not an address"], "client.lastName": ["is too long"], "documents.1.filename": ["is not there"], "subType": ["is odd"], "zzz": ["what"]}})
      Order.objects.filter(pk=ret.pk).update(status="PENDING")
    live = ready_order(case_number="93559316", order_type="HW")
    ls = serve_order(order_id=live.pk, by=sam, now=dt.datetime.now(dt.UTC))
    fresh = pending_order(case_number="61429461", order_type="HW")
    SendingSwitch.objects.update_or_create(pk=1, defaults={"opened_at": now})
    d = o.deputies.first(); doc = o.documents.first()
    extra = o.documents.last()
    pages = {
      "list": "/case", "list-served": "/case?type=served", "list-none": "/case?q=nobody", "list-page2": "/case?page=2",
      "summary": f"/order/{o.pk}/summary", "summary-returned": f"/order/{ret.pk}/summary", "edit-new": f"/order/{fresh.pk}/edit", "edit": f"/order/{o.pk}/edit",
      "deputy-type": f"/order/{o.pk}/deputy/add/deputy-type", "deputy-add": f"/order/{o.pk}/deputy/add?deputyType=LAY", "deputy-edit": f"/case/order/{o.pk}/deputy/edit/{d.pk}",
      "deputy-delete": f"/case/order/{o.pk}/deputy/delete/{d.pk}", "doc-add": f"/order/{o.pk}/document/COP3/add", "doc-add-other": f"/order/{o.pk}/document/OTHER/add",
      "doc-remove": f"/order/{o.pk}/document/{extra.pk}/remove", "declaration": f"/order/{o.pk}/declaration", "progress-live": f"/order/{live.pk}/progress",
      "progress-returned": f"/order/{ret.pk}/progress", "progress-done": f"/order/{done.pk}/progress", "served": f"/order/{done.pk}/summary-served", "403": f"/order/{done.pk}/edit",
    }
    cookie = client_of(sam).cookies["sessionid"].value
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, width in (("wide", 1100), ("narrow", 320)):
            ctx = b.new_context(viewport={"width": width, "height": 800})
            ctx.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            pg = ctx.new_page()
            pg.on("console", lambda m: print("CONSOLE", m.text))
            pg.on("pageerror", lambda m: print("PAGEERROR", m))
            for key, path in pages.items():
                pg.goto(live_server.url + path)
                over = pg.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                if over > 0: print("OVERFLOW", name, key, over)
                pg.screenshot(path=f"/tmp/shots/{key}-{name}.png", full_page=True)
            # error states
            pg.goto(live_server.url + pages["deputy-add"])
            pg.get_by_label("Daytime number").fill("12"); pg.get_by_label("Day", exact=True).fill("40")
            pg.get_by_role("button", name="Save and continue").click()
            pg.screenshot(path=f"/tmp/shots/deputy-errors-{name}.png", full_page=True)
            pg.goto(live_server.url + pages["doc-add-other"])
            pg.get_by_label("Upload files").set_input_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}, {"name": "b.pdf", "mimeType": "text/plain", "buffer": b""}])
            pg.get_by_role("button", name="Upload").click()
            pg.screenshot(path=f"/tmp/shots/doc-errors-{name}.png", full_page=True)
            pg.goto(live_server.url + pages["edit"])
            pg.get_by_label("Interim order").check(); pg.get_by_role("button", name="Save and continue").click()
            pg.screenshot(path=f"/tmp/shots/would-go-{name}.png", full_page=True)
        # live progress to the end
        pg.goto(live_server.url + pages["progress-live"])
        pg.wait_for_timeout(500)
        worker.deliver(ls); print(ls.state)
        pg.get_by_role("heading", name="Order served to OPG").wait_for(timeout=8000)
        pg.screenshot(path="/tmp/shots/progress-live-end.png")
        b.close()
