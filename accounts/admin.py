"""Users in the Django admin: looked at, disabled, let in again. Nothing else is edited here."""

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.requests import SignedInRequest
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
    """A list to search, a page to read, two actions."""

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
    actions = ("disable", "enable")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_disable_permission(self, request: HttpRequest) -> bool:
        """Who sees the two actions."""
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
