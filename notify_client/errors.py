"""What may go wrong when a mail is handed to Notify, sorted by the one question that matters: does
it make sense to try again?

No message holds an address, a link or the key.
"""


class NotifyError(Exception):
    """No message id, for the reason that the class names."""


class MailNotTaken(NotifyError):
    """Notify did not take it now; the same mail may be taken later.

    `may_have_left`: whether the mail may be on its way all the same.
    """

    def __init__(self, message: str, *, may_have_left: bool = False) -> None:
        super().__init__(message)
        self.may_have_left = may_have_left


class NotifyBusy(MailNotTaken):
    """429: too many mails a minute, or a day."""


class KeyRefused(MailNotTaken):
    """401 or 403: our key or our clock is wrong. Nothing is wrong with the mail, which waits."""


class NotConfigured(MailNotTaken):
    """No address of the service, no key, no template, or a host that is not allowed."""


class MailRefused(NotifyError):
    """Notify will never take this mail: 400 and its like. `messages` are its own words."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages
