"""Operations' view of orders and submissions: everything can be read, nothing edited.

What an operator decides goes through the same services as `manage.py submissions`.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.requests import SignedInRequest
from orders.models import Attempt, Case, Deputy, Document, Order, SendingSwitch, Submission
from orders.services import serving
from orders.services.errors import Refused

MAY_OPERATE = "orders.operate_submission"


class ReadOnly:
    """Rows to look at, for whoever may view them."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may use the actions."""
        return request.user.has_perm(MAY_OPERATE)


class DecisionForm(ActionForm):
    """What an operator says with an action."""

    reason = forms.CharField(label="Reason or evidence", required=False, max_length=500)
    sirius_order_id = forms.IntegerField(label="Sirius order id (to confirm)", required=False)


class DeputyInline(ReadOnly, admin.TabularInline):
    """The deputies of an order."""

    model = Deputy
    extra = 0


class DocumentInline(ReadOnly, admin.TabularInline):
    """The documents of an order; their bytes are not shown here."""

    model = Document
    extra = 0


class AttemptInline(ReadOnly, admin.TabularInline):
    """The tries of a submission, oldest first."""

    model = Attempt
    extra = 0


@admin.register(Case)
class CaseAdmin(ReadOnly, admin.ModelAdmin):
    """Cases by number."""

    list_display = ("case_number", "created_at")
    search_fields = ("=case_number",)


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):
    """Orders by case number."""

    list_display = ("case", "order_type", "order_number", "issue_date", "status", "served_at")
    list_filter = ("status", "order_type")
    list_select_related = ("case",)
    search_fields = ("=case__case_number",)
    inlines = (DeputyInline, DocumentInline)


@admin.register(Submission)
class SubmissionAdmin(ReadOnly, admin.ModelAdmin):
    """Submissions by state, each with its tries, and what an operator can decide."""

    list_display = (
        "court_reference",
        "order_type",
        "state",
        "reason",
        "maybe_applied",
        "attempts_made",
        "next_attempt_at",
        "declared_at",
    )
    list_filter = ("state", "reason", "maybe_applied")
    search_fields = ("=court_reference", "=trace_id")
    # The payload is personal; the order shows what an operator needs of it.
    exclude = ("payload",)
    inlines = (AttemptInline,)
    action_form = DecisionForm
    actions = ("try_again", "hold", "give_back", "cancel", "confirm")

    @admin.action(description="Try again", permissions=["operate"])
    def try_again(self, request: SignedInRequest, chosen: QuerySet[Submission]) -> None:
        """Send held ones again; waiting ones now."""
        self._decide(request, chosen, serving.retry_submission, "Will be tried again")

    @admin.action(description="Hold", permissions=["operate"])
    def hold(self, request: SignedInRequest, chosen: QuerySet[Submission]) -> None:
        """Keep waiting ones from being sent."""
        self._decide(request, chosen, serving.hold_submission, "Held")

    @admin.action(description="Return to staff", permissions=["operate"])
    def give_back(self, request: SignedInRequest, chosen: QuerySet[Submission]) -> None:
        """Let staff correct the order."""
        self._decide(request, chosen, serving.return_submission, "Returned to staff")

    @admin.action(description="Cancel what never left", permissions=["operate"])
    def cancel(self, request: SignedInRequest, chosen: QuerySet[Submission]) -> None:
        """Withdraw."""
        self._decide(request, chosen, serving.cancel_submission, "Cancelled")

    @admin.action(description="Confirm as served", permissions=["operate"])
    def confirm(self, request: SignedInRequest, chosen: QuerySet[Submission]) -> None:
        """On the word of two operators who saw it in Sirius: one submission at a time."""
        number = request.POST.get("sirius_order_id", "").strip()
        if not number.isdecimal() or chosen.count() != 1:
            self.message_user(
                request,
                "Choose one submission and give the id of its order in Sirius.",
                messages.ERROR,
            )
            return

        def confirm(*, reason: str, **options: Any) -> Submission:
            return serving.confirm_submission(
                sirius_order_id=int(number), evidence=reason, **options
            )

        self._decide(request, chosen, confirm, "Confirmed as served")

    def _decide(
        self,
        request: SignedInRequest,
        chosen: QuerySet[Submission],
        service: Callable[..., Submission],
        done: str,
    ) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(request, "Give a reason: the diary keeps it.", messages.ERROR)
            return
        for submission in chosen:
            try:
                service(
                    submission_id=submission.pk,
                    reason=reason,
                    by=request.user,
                    now=timezone.now(),
                )
            except Refused as refusal:
                self.message_user(request, f"{submission}: {refusal}", messages.WARNING)
            else:
                self.message_user(request, f"{submission}: {done}.")


@admin.register(SendingSwitch)
class SendingSwitchAdmin(ReadOnly, admin.ModelAdmin):
    """The pause switch and the breaker."""

    list_display = ("__str__", "paused", "failures", "opened_at", "next_trial_at")
    action_form = DecisionForm
    actions = ("pause", "resume")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who may act on submissions."""
        return self.has_operate_permission(request)

    @admin.action(description="Pause all sending", permissions=["operate"])
    def pause(self, request: SignedInRequest, chosen: QuerySet[SendingSwitch]) -> None:
        """No post leaves any more."""
        self._throw(request, serving.pause_sending, "All sending is paused")

    @admin.action(description="Resume sending", permissions=["operate"])
    def resume(self, request: SignedInRequest, chosen: QuerySet[SendingSwitch]) -> None:
        """Sending goes on."""
        self._throw(request, serving.resume_sending, "Sending goes on")

    def _throw(self, request: SignedInRequest, service: Callable[..., None], done: str) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(request, "Give a reason: the diary keeps it.", messages.ERROR)
            return
        service(reason=reason, by=request.user, now=timezone.now())
        self.message_user(request, f"{done}.")
