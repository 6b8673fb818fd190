"""A Failure: why an exchange came to no answer, in one kind and plain words."""

from dataclasses import dataclass

from bitewing.model.delivery import OutcomeKind


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer. The words never hold a header, a body or a URL's path."""

    kind: OutcomeKind
    detail: str


class ExchangeError(Exception):
    """Carries a Failure from where it is noticed to the sender; it never leaves this room."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


CLOSING_DOWN = Failure(OutcomeKind.BROKEN, "this sender has been closed")


def blocked(detail: str) -> ExchangeError:
    """Give the error for a Message that we refuse to send."""
    return ExchangeError(Failure(OutcomeKind.BLOCKED, detail))


def timed_out(phase: str, seconds: float) -> Failure:
    """Give the Failure of a phase (``connecting to 192.0.2.1:443``) that took too long."""
    return Failure(OutcomeKind.TIMED_OUT, f"{phase} took longer than {round(seconds, 1):g} s")
