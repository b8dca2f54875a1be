"""The scenes themselves, in the order in which staff meet them."""

from devstack.gallery.scenes import Scene, attach, choose, fill, follow, press

LIST = (
    Scene("list", "/case", "Orders"),
    Scene("list-served", "/case?type=served", "Orders"),
    Scene("list-found", "/case?q=client", "Orders"),
    Scene("list-nothing-found", "/case?q=no+such+person", "Orders"),
)
ORDER = (
    Scene("order-untouched", "/order/{untouched}/summary", "Order details"),
    Scene(
        "order-edit-errors",
        "/order/{untouched}/edit",
        "Order details",
        acts=(press("Save and continue"),),
    ),
    Scene("order-answered", "/order/{answered}/summary", "HW order summary"),
    Scene("order-missing", "/order/{missing}/summary", "PFA order summary"),
    Scene("order-unneeded-document", "/order/{unneeded}/summary", "PFA order summary"),
    Scene("order-ready", "/order/{ready}/summary", "PFA order summary"),
    Scene("order-returned", "/order/{returned}/summary", "PFA order summary"),
    Scene(
        "order-edit-would-remove",
        "/order/{ready}/edit",
        "Remove these documents?",
        acts=(choose("Interim order"), press("Save and continue")),
    ),
    Scene("order-not-editable", "/order/{served}/edit", "You cannot do this", status=403),
    Scene("order-unknown", "/order/99999999/summary", "Page not found", status=404),
)
DEPUTY = (
    Scene("deputy-type", "/order/{missing}/deputy/add/deputy-type", "What type of deputy?"),
    Scene(
        "deputy-type-errors",
        "/order/{missing}/deputy/add/deputy-type",
        "What type of deputy?",
        acts=(press("Continue"),),
    ),
    Scene("deputy-add-lay", "/order/{missing}/deputy/add?deputyType=LAY", "Add a deputy"),
    Scene(
        "deputy-add-errors",
        "/order/{missing}/deputy/add?deputyType=LAY",
        "Add a deputy",
        acts=(
            fill("Day", "31"),
            fill("Month", "2"),
            fill("Year", "1980"),
            fill("Email address", "not an address"),
            fill("Daytime number", "12"),
            press("Save and continue"),
        ),
    ),
    Scene(
        "deputy-edit",
        "/order/{missing}/summary",
        "Change deputy",
        acts=(follow("Change (Dana Example)"),),
    ),
    Scene(
        "deputy-delete",
        "/order/{missing}/summary",
        "Remove deputy?",
        acts=(follow("Remove (Dana Example)"),),
    ),
)
DOCUMENTS = (
    Scene("document-add", "/order/{missing}/document/cop3/add", "Add COP 3"),
    Scene("document-replace", "/order/{ready}/document/cop3/add", "Add COP 3"),
    Scene(
        "document-add-errors",
        "/order/{missing}/document/cop3/add",
        "Add COP 3",
        acts=(press("Upload"),),
    ),
    Scene(
        "document-refused",
        "/order/{missing}/document/cop3/add",
        "Add COP 3",
        acts=(attach("Select a file", ("COP3.pdf", b"not a PDF")), press("Upload")),
    ),
    Scene("document-additional", "/order/{missing}/document/other/add", "Add additional document"),
)
SERVING = (
    Scene("declaration", "/order/{ready}/declaration", "Serve order"),
    Scene("declaration-not-ready", "/order/{missing}/declaration", "PFA order summary"),
    Scene("progress-sending", "/order/{sending}/progress", "Sending to OPG"),
    Scene("progress-delayed", "/order/{delayed}/progress", "Sending to OPG"),
    Scene("progress-checking", "/order/{checking}/progress", "Sending to OPG"),
    Scene("progress-held", "/order/{held}/progress", "Needs attention"),
    Scene("progress-returned", "/order/{returned}/progress", "Returned by OPG"),
    Scene("progress-served", "/order/{served}/progress", "Order served to OPG"),
    Scene("served", "/order/{served}/summary-served", "Served order"),
)
UPLOADS = (
    Scene("upload", "/upload-csv", "Upload orders"),
    Scene("upload-errors", "/upload-csv", "Upload orders", acts=(press("Upload"),)),
    Scene("upload-check", "/upload-csv/{waiting}", "Check the upload"),
    Scene("upload-finished", "/upload-csv/{imported}", "Upload finished"),
    Scene("upload-cancelled", "/upload-csv/{cancelled}", "Upload cancelled"),
)
FRONT_DOOR = (
    Scene("sign-in", "/login", "Sign in to Serve OPG", who=""),
    Scene("sign-in-errors", "/login", "Sign in to Serve OPG", who="", acts=(press("Sign in"),)),
    Scene(
        "sign-in-refused",
        "/login",
        "Sign in to Serve OPG",
        who="",
        acts=(
            fill("Email address", "nobody@example.com"),
            fill("Password", "not a password"),
            press("Sign in"),
        ),
    ),
    Scene("sign-out", "/logout", "Do you want to sign out?", status=405),
    Scene("not-found", "/no-such-page", "Page not found", status=404),
)
SCENES = (*FRONT_DOOR, *LIST, *UPLOADS, *ORDER, *DEPUTY, *DOCUMENTS, *SERVING)
