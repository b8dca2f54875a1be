"""Users in the Django admin: looked at, disabled, let in again. Emails: looked at."""

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Mail, User
from accounts.requests import SignedInRequest
from accounts.services import lockout, second_factor
from accounts.services import users as accounts
from accounts.views import sign_in

# The admin has our doors: our sign-in page, our sign-out, and no password form beside the diary.
# Its views are meant to be replaced; the stubs know them as methods only, hence the ignores.
admin.site.login = sign_in.admin_sign_in  # type: ignore[method-assign,assignment]
admin.site.logout = sign_in.sign_out  # type: ignore[method-assign,assignment]
admin.site.password_change = sign_in.admin_password_change  # type: ignore[method-assign,assignment]
admin.site.site_header = admin.site.site_title = "Serve OPG operations"
# The one group is written in `permissions`.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """A list to search, a page to read, and actions."""

    list_display = ("email", "full_name", "role", "is_active", "is_staff", "last_login")
    list_filter = ("role", "is_active", "is_staff")
    search_fields = ("email", "first_name", "last_name")
    fields = (
        "email",
        "first_name",
        "last_name",
        "role",
        "is_active",
        "is_staff",
        "groups",
        "created_at",
        "last_login",
    )
    actions = ("disable", "enable", "unlock", "reset_second_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Nobody who was removed: what they did is in the diary."""
        present: QuerySet[User] = User.objects.present()
        return present

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_disable_permission(self, request: HttpRequest) -> bool:
        """Who sees the actions."""
        return request.user.has_perm("accounts.change_user")

    @admin.action(description="Disable the chosen users", permissions=["disable"])
    def disable(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        """End their sessions and let them in no more."""
        for user in users:
            try:
                accounts.disable_user(user=user, by=request.user)
            except accounts.DisablingRefused as refusal:
                self.message_user(request, f"Kept {user.email}. {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"Disabled {user.email}.")

    @admin.action(description="Let the chosen users sign in again", permissions=["disable"])
    def enable(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        """With the password they had."""
        for user in users:
            accounts.enable_user(user=user, by=request.user)
            self.message_user(request, f"Let {user.email} sign in again.")

    @admin.action(description="End the wait after failed sign-ins", permissions=["disable"])
    def unlock(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        """They may try again at once."""
        for user in users:
            if lockout.unlock(user=user, by=request.user):
                self.message_user(request, f"{user.email} may try again.")
            else:
                self.message_user(request, f"{user.email} was not waiting.")

    @admin.action(description="Reset the second factor", permissions=["disable"])
    def reset_second_factor(self, request: SignedInRequest, users: QuerySet[User]) -> None:
        """Whoever has lost phone and recovery codes sets up another app at the next sign-in."""
        for user in users:
            try:
                was_there = second_factor.reset(user=user, by=request.user)
            except accounts.ChangeRefused as refusal:
                self.message_user(request, f"Kept {user.email}. {refusal}", messages.ERROR)
                continue
            ending = "sets up another app" if was_there else "had no app set up"
            self.message_user(request, f"{user.email} {ending}.")


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):
    """What was sent, and what waits and why. Links are not kept, so none can be read here."""

    list_display = ("email", "kind", "state", "requested_at", "attempts", "next_attempt_at")
    list_filter = ("state", "kind")
    search_fields = ("email",)
    fields = (
        "email",
        "kind",
        "state",
        "reason",
        "user",
        "requested_by",
        "requested_at",
        "attempts",
        "next_attempt_at",
        "settled_at",
        "notify_id",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False
