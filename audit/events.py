"""What can happen, in the words of the diary: noun and past participle."""

from django.db import models


class Event(models.TextChoices):
    """One kind of event. Codes are stored for ever: add, never rename."""

    USER_CREATED = "USER_CREATED", "User created"
    USER_PASSWORD_CHANGED = "USER_PASSWORD_CHANGED", "Password changed"
    USER_DISABLED = "USER_DISABLED", "User disabled"
    USER_ENABLED = "USER_ENABLED", "User enabled"
    USER_SIGNED_IN = "USER_SIGNED_IN", "Signed in"
    USER_SIGNED_OUT = "USER_SIGNED_OUT", "Signed out"
    SIGN_IN_REFUSED = "SIGN_IN_REFUSED", "Sign-in refused"

    UPLOAD_RECEIVED = "UPLOAD_RECEIVED", "Upload received"
    UPLOAD_IMPORTED = "UPLOAD_IMPORTED", "Upload imported"
    UPLOAD_CANCELLED = "UPLOAD_CANCELLED", "Upload cancelled"

    ORDER_REGISTERED = "ORDER_REGISTERED", "Order added"
    ORDER_ANSWERED = "ORDER_ANSWERED", "Order details changed"
    DEPUTY_ADDED = "DEPUTY_ADDED", "Deputy added"
    DEPUTY_CHANGED = "DEPUTY_CHANGED", "Deputy changed"
    DEPUTY_REMOVED = "DEPUTY_REMOVED", "Deputy removed"
    DOCUMENT_ATTACHED = "DOCUMENT_ATTACHED", "Document added"
    DOCUMENT_REMOVED = "DOCUMENT_REMOVED", "Document removed"

    SUBMISSION_DECLARED = "SUBMISSION_DECLARED", "Order served by staff"
    SUBMISSION_DELAYED = "SUBMISSION_DELAYED", "Sending delayed"
    SUBMISSION_UNCERTAIN = "SUBMISSION_UNCERTAIN", "Sending uncertain"
    SUBMISSION_LEASE_LOST = "SUBMISSION_LEASE_LOST", "Sending interrupted"
    SUBMISSION_HELD = "SUBMISSION_HELD", "Sending held"
    SUBMISSION_REJECTED = "SUBMISSION_REJECTED", "Order returned by OPG"
    SUBMISSION_RETRIED = "SUBMISSION_RETRIED", "Sending tried again by an operator"
    SUBMISSION_RETURNED = "SUBMISSION_RETURNED", "Order returned to staff by an operator"
    SUBMISSION_CANCELLED = "SUBMISSION_CANCELLED", "Sending cancelled"
    CONFIRMATION_PROPOSED = "CONFIRMATION_PROPOSED", "Confirmation proposed by an operator"
    SUBMISSION_CONFIRMED = "SUBMISSION_CONFIRMED", "Order confirmed as served by two operators"
    ORDER_SERVED = "ORDER_SERVED", "Order served to OPG"
    SENDING_PAUSED = "SENDING_PAUSED", "All sending paused"
    SENDING_RESUMED = "SENDING_RESUMED", "All sending resumed"
    BREAKER_OPENED = "BREAKER_OPENED", "OPG's system found down"
    BREAKER_CLOSED = "BREAKER_CLOSED", "OPG's system found up again"
