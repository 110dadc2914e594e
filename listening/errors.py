"""What can go wrong with a listen, named by what to do next."""


class ListenError(Exception):
    """Anything listening/ refuses."""


class BadEvent(ListenError, ValueError):
    """The event makes no sense and never will: answer 400."""


class UnknownEvent(ListenError):
    """This user never started such a listen: answer 404."""


class EventBelongsToAnother(ListenError):
    """The event id is another user's: answer 409."""


class StoreAway(ListenError):
    """The store does not answer now: go on without it, ask again in some seconds."""


class StoreTooSlow(StoreAway):
    """The store is there, but this question takes it too long."""
