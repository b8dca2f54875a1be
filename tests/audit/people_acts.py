"""What happens to the people who use the service, at random."""

from accounts.models import Role, User
from accounts.services import lockout, mails, passwords, second_factor, sessions, users
from accounts.services.lockout import Origin
from tests.audit.picking import NAMES, Picks


class PeopleActs(Picks):
    """They come and go, sign in and lock themselves out."""

    def _create(self, *, role, number: int, is_staff: bool = False) -> User:
        return users.create_user(
            email=f"{role.lower()}{'-operations' if is_staff else ''}{number}@example.com",
            first_name=self.dice.choice(NAMES),
            last_name="Person",
            role=role,
            password=None if number > 20 else "correct horse battery",
            by=None,
            now=self.now,
            is_staff=is_staff,
        )

    def act_create_user(self):
        self._create(role=self.dice.choice(Role.values), number=self.dice.randrange(10, 40))

    def act_change_user(self):
        user = self.pick(User.objects.present())
        users.change_user(
            user=user,
            email=user.email if self.dice.random() < 0.5 else f"x{user.pk}@example.com",
            first_name=self.dice.choice(NAMES),
            last_name="Person",
            role=self.dice.choice(Role.values),
            **self.by(),
        )

    def act_disable_user(self):
        users.disable_user(user=self.clerk(is_staff=False), by=self.clerk())

    def act_enable_user(self):
        users.enable_user(user=self.pick(User.objects.filter(is_active=False)), by=self.clerk())

    act_enable_user.weight = 2

    def act_remove_user(self):
        users.remove_user(user=self.pick(User.objects.filter(is_staff=False)), **self.by())

    def act_set_password(self):
        passwords.set_password(
            user=self.clerk(), password="seventeen green bottles", by=self.clerk()
        )

    def act_sign_in_and_out(self):
        user = self.clerk()
        password = self.dice.choice(("correct horse battery", "wrong"))
        sessions.check_sign_in(
            email=user.email, password=password, origin=Origin("192.0.2.1"), now=self.now
        )
        sessions.begin_session(user=user)
        sessions.sign_out(user=user)

    def act_unlock(self):
        lockout.unlock(user=self.clerk(), by=self.operator())

    def act_set_up_second_factor(self):
        user, key = self.clerk(second_factor__isnull=True), second_factor.new_key()
        code = second_factor.code_at(key=key, now=self.now)
        codes = second_factor.set_up(user=user, key=key, code=code, now=self.now)
        second_factor.use_recovery_code(user=user, code=codes[0])

    def act_reset_second_factor(self):
        second_factor.reset(user=self.clerk(second_factor__isnull=False), by=self.operator())

    def act_ask_for_mail(self):
        mails.request_reset(email=self.clerk().email, now=self.now)
        mails.request_link(user=self.clerk(), by=self.operator(), now=self.now)
