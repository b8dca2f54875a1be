"""The scenes themselves, in the order in which staff meet them."""

from devstack.gallery.scenes import Act, Scene, attach, choose, fill, follow, press

PASSWORD = "pictures of every page"  # as in `people`, which needs Django


def sign_in_as(name: str) -> tuple[Act, ...]:
    """Address and password of somebody of the stage."""
    address = fill("Email address", f"{name}@example.com")
    return (address, fill("Password", PASSWORD), press("Sign in"))


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
        has_errors=True,
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
        has_errors=True,
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
        has_errors=True,
    ),
    Scene(
        "deputy-edit",
        "/order/{missing}/summary",
        "Change deputy",
        acts=(follow("Change (Dana Example)"),),
    ),
    Scene("deputy-copy", "/order/{missing}/deputy/copy", "Use the deputies from the HW order"),
    Scene(
        "deputy-find-address",
        "/order/{missing}/deputy/add?deputyType=PROFESSIONAL",
        "Add a deputy",
        acts=(fill("Postcode", "B2 5AA"), press("Find address")),
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
        has_errors=True,
    ),
    Scene(
        "document-refused",
        "/order/{missing}/document/cop3/add",
        "Add COP 3",
        acts=(attach("Select a file", ("COP3.pdf", b"not a PDF")), press("Upload")),
        has_errors=True,
    ),
    Scene("documents-add", "/order/{missing}/documents/add", "Add the documents"),
    Scene(
        "documents-add-errors",
        "/order/{missing}/documents/add",
        "Add the documents",
        acts=(press("Upload"),),
        has_errors=True,
    ),
    Scene(
        "document-remove",
        "/order/{ready}/summary",
        "Remove document?",
        acts=(follow("Remove COP 3"),),
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
    Scene(
        "upload-errors", "/upload-csv", "Upload orders", acts=(press("Upload"),), has_errors=True
    ),
    Scene("upload-check", "/upload-csv/{waiting}", "Check the upload"),
    Scene("upload-differences", "/upload-csv/{differing}", "Upload finished"),
    Scene(
        "upload-update-orders",
        "/upload-csv/{differing}/update-orders",
        "Choose orders to update",
    ),
    Scene("upload-in-hand", "/upload-csv/{queued}", "Checking the upload"),
    Scene("upload-refused", "/upload-csv/{refused}", "The file cannot be used"),
    Scene(
        "upload-wrong-file",
        "/upload-csv",
        "Upload orders",
        acts=(
            attach("Upload a CSV or XLSX file", ("orders.csv", b"%PDF-1.4 no spreadsheet")),
            press("Upload"),
        ),
        has_errors=True,
    ),
    Scene("upload-finished", "/upload-csv/{imported}", "Upload finished"),
    Scene("upload-cancelled", "/upload-csv/{cancelled}", "Upload cancelled"),
)
REMOVALS = (
    Scene("removal", "/multiple-case-removal", "Remove orders"),
    Scene(
        "removal-errors",
        "/multiple-case-removal",
        "Remove orders",
        acts=(press("Upload"),),
        has_errors=True,
    ),
    Scene(
        "removal-check", "/multiple-case-removal/{removal_waiting}", "Check what will be removed"
    ),
    Scene("removal-done", "/multiple-case-removal/{removal_done}", "Orders removed"),
)
READING = (
    Scene("court-order-upload", "/order/{untouched}/upload", "Upload the court order"),
    Scene(
        "court-order-upload-errors",
        "/order/{untouched}/upload",
        "Upload the court order",
        acts=(press("Upload"),),
        has_errors=True,
    ),
    Scene(
        "court-order-read",
        "/order/{reading_read}/confirm-order-details",
        "Check the order details",
    ),
    Scene(
        "court-order-change",
        "/order/{reading_read}/confirm-order-details?change=yes",
        "Check the order details",
    ),
    Scene(
        "court-order-in-part",
        "/order/{reading_in_part}/confirm-order-details",
        "Check the order details",
    ),
    Scene(
        "court-order-held",
        "/order/{reading_held}/confirm-order-details",
        "Check the order details",
    ),
    Scene(
        "court-order-not-read",
        "/order/{reading_not_read}/confirm-order-details",
        "Check the order details",
    ),
    Scene(
        "court-order-confirm-errors",
        "/order/{reading_held}/confirm-order-details",
        "Check the order details",
        acts=(press("Save and continue"),),
        has_errors=True,
    ),
)
BY_EMAIL = (
    Scene(
        "served-by-email",
        "/order/{missing}/served-by-email",
        "Record an order served by email",
        who="administrator",
    ),
    Scene(
        "served-by-email-errors",
        "/order/{missing}/served-by-email",
        "Record an order served by email",
        who="administrator",
        acts=(press("Record as served by email"),),
        has_errors=True,
    ),
    Scene("served-by-email-done", "/order/{emailed}/summary-served", "Served order"),
)
REPORTS = (
    Scene("report", "/report", "Reports"),
    Scene(
        "report-errors",
        "/report?orders_served_from-day=31&orders_served_from-month=2&orders_served_from-year=2026",
        "Reports",
        has_errors=True,
    ),
)
USERS = (
    Scene("users", "/users", "Users", who="administrator"),
    Scene("user", "/users/{invited}/view", "Invited Person", who="administrator"),
    Scene("user-unreachable", "/users/{unreachable}/view", "Unreachable Person", "administrator"),
    Scene("user-disabled", "/users/{disabled}/view", "Disabled Person", who="administrator"),
    Scene("user-oneself", "/users/{administrator}/view", "Addy Admin", who="administrator"),
    Scene("user-add", "/users/add", "Add a user", who="administrator"),
    Scene(
        "user-add-errors",
        "/users/add",
        "Add a user",
        who="administrator",
        acts=(fill("Email address", "no address"), press("Add user")),
        has_errors=True,
    ),
    Scene("user-edit", "/users/{invited}/edit", "Change user", who="administrator"),
    Scene("user-delete", "/users/{invited}/delete", "Remove user?", who="administrator"),
    Scene(
        "user-reset-app",
        "/users/{known}/reset-second-factor",
        "Reset the authenticator app?",
        who="administrator",
    ),
    Scene("users-not-allowed", "/users", "You cannot do this", status=403),
)
PASSWORDS = (
    Scene("reset-request", "/user/password-reset/request", "Reset your password", who=""),
    Scene(
        "reset-request-errors",
        "/user/password-reset/request",
        "Reset your password",
        who="",
        acts=(press("Send the email"),),
        has_errors=True,
    ),
    Scene("reset-sent", "/user/password-reset/sent", "Check your email", who=""),
    Scene("activation", "/user/password-reset/change/{token}", "Choose a password", who=""),
    Scene(
        "activation-errors",
        "/user/password-reset/change/{token}",
        "Choose a password",
        who="",
        acts=(fill("New password", "password1234"), press("Save password")),
        has_errors=True,
    ),
    Scene(
        "link-dead",
        "/user/password-reset/change/no-such-token",
        "This link does not work any more",
        who="",
        status=410,
    ),
)
SECOND_FACTOR = (
    Scene(
        "code-set-up",
        "/login",
        "Set up your authenticator app",
        who="",
        acts=sign_in_as("newcomer"),
    ),
    Scene(
        "code-set-up-errors",
        "/login",
        "Set up your authenticator app",
        who="",
        acts=(*sign_in_as("newcomer"), press("Continue")),
        has_errors=True,
    ),
    Scene("code", "/login", "Enter your code", who="", acts=sign_in_as("known")),
    Scene(
        "code-errors",
        "/login",
        "Enter your code",
        who="",
        acts=(*sign_in_as("known"), press("Continue")),
        has_errors=True,
    ),
    Scene(
        "code-recovery",
        "/login",
        "Use a recovery code",
        who="",
        acts=(*sign_in_as("known"), follow("Use a recovery code")),
    ),
)
FRONT_DOOR = (
    Scene("sign-in", "/login", "Sign in to Serve OPG", who=""),
    Scene(
        "sign-in-errors",
        "/login",
        "Sign in to Serve OPG",
        who="",
        acts=(press("Sign in"),),
        has_errors=True,
    ),
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
        has_errors=True,
    ),
    Scene("accessibility", "/accessibility", "Accessibility statement for Serve OPG", who=""),
    Scene("sign-out", "/logout", "Do you want to sign out?", status=405),
    Scene("not-found", "/no-such-page", "Page not found", status=404),
)
SCENES = (
    *(*FRONT_DOOR, *PASSWORDS, *SECOND_FACTOR, *LIST, *UPLOADS, *REMOVALS, *ORDER, *READING),
    *(*DEPUTY, *DOCUMENTS, *SERVING, *BY_EMAIL, *REPORTS, *USERS),
)
