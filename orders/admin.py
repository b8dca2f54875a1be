"""Operations' view of orders and submissions: everything can be read, nothing edited.

What an operator decides goes through the same services as `manage.py submissions`.
"""

import copy
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.requests import SignedInRequest
from govuk.letters import has_unseen
from orders.models import Attempt, Case, Deputy, Document, Order, SendingSwitch, Submission
from orders.rules import LARGEST_SIRIUS_ID
from orders.services import serving
from orders.services.errors import Refused

MAY_OPERATE = "orders.operate_submission"
LONGEST_REASON = 500
# Of the digits alone: `int` of a longer text is refused by Python, or slow.
LONGEST_ID = len(str(LARGEST_SIRIUS_ID))


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


class TypedWrong(Exception):
    """What was typed with an action will not do: `str()` says what is wrong, in a sentence."""


class AsTyped(forms.CharField):
    """Any text at all. Django's admin drops an action whose form it finds wrong, and says nothing
    of why: so ours is never wrong, and what was typed is judged by the action.
    """

    def run_validators(self, value: str) -> None:
        """None, not even against null characters."""


class DecisionForm(ActionForm):
    """What an operator says with an action."""

    reason = AsTyped(label="Reason or evidence", required=False)
    sirius_order_id = AsTyped(label="Sirius order id (to confirm)", required=False)


def reason_in(request: HttpRequest) -> str:
    """Raises `TypedWrong`."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise TypedWrong("Give a reason: the diary keeps it.")
    if has_unseen(reason):
        raise TypedWrong(
            "The reason must not have an invisible character in it. Type it, do not paste it."
        )
    if len(reason) > LONGEST_REASON:
        raise TypedWrong(
            f"The reason must be {LONGEST_REASON} characters or fewer: it has {len(reason):,}."
        )
    return reason


def sirius_order_id_in(request: HttpRequest) -> int:
    """Raises `TypedWrong`; which numbers can be an id is the service's rule."""
    typed = request.POST.get("sirius_order_id", "").strip()
    if not typed:
        raise TypedWrong("Choose one submission and give the id of its order in Sirius.")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID):
        raise TypedWrong(
            f"The Sirius order id must be a whole number of at most {LONGEST_ID} digits."
        )
    return int(typed)


class Decisions(ReadOnly, admin.ModelAdmin):
    """A list with actions that ask for a reason. What will not do is shown again, to be mended."""

    action_form = DecisionForm
    chosen: frozenset[str] = frozenset()

    def action_checkbox(self, obj: Model) -> SafeString:
        """Ticked, where the list is shown again and the row was."""
        drawn = super().action_checkbox(obj)
        if str(obj.pk) not in self.chosen:
            return drawn
        return mark_safe(drawn.replace("<input ", "<input checked ", 1))

    def decide(self, request: HttpRequest, decision: Callable[[], None]) -> HttpResponse | None:
        """What the decision does; where it raises `TypedWrong`, the list with all that was typed.

        The decision must read what was typed before it changes anything.
        """
        try:
            decision()
        except TypedWrong as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
            return self._shown_again(request)
        return None

    def _shown_again(self, request: HttpRequest) -> HttpResponse:
        """The list as for looking, its form filled and its rows ticked."""
        # A null character cannot be in a page; this stands where it was.
        typed = request.POST.copy()
        for name in ("reason", "sirius_order_id"):
            typed[name] = typed.get(name, "").replace("\0", "\ufffd")
        typed["select_across"] = "0"
        form = self.action_form(typed, auto_id=False)
        actions = form.fields["action"]
        assert isinstance(actions, forms.ChoiceField)
        actions.choices = self.get_action_choices(request)
        again = copy.copy(self)
        again.chosen = frozenset(request.POST.getlist(ACTION_CHECKBOX_NAME))
        request.method = "GET"
        try:
            return again.changelist_view(request, {"action_form": form})
        finally:
            request.method = "POST"


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
class SubmissionAdmin(Decisions):
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
    actions = ("try_again", "hold", "give_back", "cancel", "confirm")

    @admin.action(description="Try again", permissions=["operate"])
    def try_again(
        self, request: SignedInRequest, chosen: QuerySet[Submission]
    ) -> HttpResponse | None:
        """Send held ones again; waiting ones now."""
        return self._decide(request, chosen, serving.retry_submission, "Will be tried again")

    @admin.action(description="Hold", permissions=["operate"])
    def hold(self, request: SignedInRequest, chosen: QuerySet[Submission]) -> HttpResponse | None:
        """Keep waiting ones from being sent."""
        return self._decide(request, chosen, serving.hold_submission, "Held")

    @admin.action(description="Return to staff", permissions=["operate"])
    def give_back(
        self, request: SignedInRequest, chosen: QuerySet[Submission]
    ) -> HttpResponse | None:
        """Let staff correct the order."""
        return self._decide(request, chosen, serving.return_submission, "Returned to staff")

    @admin.action(description="Cancel what never left", permissions=["operate"])
    def cancel(self, request: SignedInRequest, chosen: QuerySet[Submission]) -> HttpResponse | None:
        """Withdraw."""
        return self._decide(request, chosen, serving.cancel_submission, "Cancelled")

    @admin.action(description="Confirm as served", permissions=["operate"])
    def confirm(
        self, request: SignedInRequest, chosen: QuerySet[Submission]
    ) -> HttpResponse | None:
        """On the word of two operators who saw it in Sirius: one submission at a time."""

        def confirm(*, reason: str, **options: Any) -> Submission:
            return serving.confirm_submission(
                sirius_order_id=sirius_order_id_in(request), evidence=reason, **options
            )

        return self._decide(request, chosen, confirm, "Confirmed as served", only_one=True)

    def _decide(
        self,
        request: SignedInRequest,
        chosen: QuerySet[Submission],
        service: Callable[..., Submission],
        done: str,
        *,
        only_one: bool = False,
    ) -> HttpResponse | None:
        def decision() -> None:
            reason = reason_in(request)
            if only_one and chosen.count() != 1:
                raise TypedWrong("Choose one submission and give the id of its order in Sirius.")
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

        return self.decide(request, decision)


@admin.register(SendingSwitch)
class SendingSwitchAdmin(Decisions):
    """The pause switch and the breaker."""

    list_display = ("__str__", "paused", "failures", "opened_at", "next_trial_at")
    actions = ("pause", "resume")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who may act on submissions."""
        return self.has_operate_permission(request)

    @admin.action(description="Pause all sending", permissions=["operate"])
    def pause(
        self, request: SignedInRequest, chosen: QuerySet[SendingSwitch]
    ) -> HttpResponse | None:
        """No post leaves any more."""
        return self._throw(request, serving.pause_sending, "All sending is paused")

    @admin.action(description="Resume sending", permissions=["operate"])
    def resume(
        self, request: SignedInRequest, chosen: QuerySet[SendingSwitch]
    ) -> HttpResponse | None:
        """Sending goes on."""
        return self._throw(request, serving.resume_sending, "Sending goes on")

    def _throw(
        self, request: SignedInRequest, service: Callable[..., None], done: str
    ) -> HttpResponse | None:
        def decision() -> None:
            service(reason=reason_in(request), by=request.user, now=timezone.now())
            self.message_user(request, f"{done}.")

        return self.decide(request, decision)
