"""What may go wrong when addresses are looked up. No message holds a postcode or the key."""


class PlacesError(Exception):
    """No addresses, for the reason that the class names."""


class PostcodeInvalid(PlacesError):
    """What was asked for is no whole postcode of the United Kingdom."""


class PlacesUnavailable(PlacesError):
    """No addresses can be had now: no answer in time, or none that can be used."""


class NotConfigured(PlacesUnavailable):
    """No address of the service, no key, or a host that is not allowed."""


class PlacesRefused(PlacesUnavailable):
    """The service does not take our key: the fault is in the set-up."""


class PlacesBusy(PlacesUnavailable):
    """429: we have asked too often."""


class AnswerUnreadable(PlacesUnavailable):
    """An answer that is too large, broken off or not of the documented form."""
