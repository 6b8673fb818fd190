"""Every error that bitewing raises on purpose, each with a stable code."""


class BitewingError(Exception):
    """Something that a person can mend; the message says what is wrong, where, and how."""

    code = "bitewing"


class SettingsError(BitewingError):
    """The configuration cannot be used."""

    code = "settings.invalid"


class SourceUnavailableError(BitewingError):
    """The practice database could not be read just now; trying again later may help.

    The message names host, database and the server's own words, never a password or a row.
    """

    code = "source.unavailable"


class SourceRefusedError(BitewingError):
    """The practice database may not be read as it is; a person must change something first."""

    code = "source.refused"


class StoreUnavailableError(BitewingError):
    """The store could not be written or read (disk full, read-only); nothing was changed."""

    code = "store.unavailable"


class StoreInUseError(StoreUnavailableError):
    """Another process has the store; only one may."""

    code = "store.in_use"


class InvalidRequestError(BitewingError):
    """A caller's request breaks a rule; nothing was changed."""

    code = "request.invalid"


class ForgottenError(BitewingError):
    """What the caller asks for was there, and is no longer kept."""

    code = "request.forgotten"


class NotFoundError(BitewingError):
    """What the caller named does not exist, or is not theirs."""

    code = "request.not_found"
