"""TLS contexts: one for everybody, and one for each Endpoint with authorities of its own."""

import ssl

from bitewing.model.delivery import OutcomeKind
from bitewing.model.errors import InvalidRequestError, SettingsError
from bitewing.transport.failure import ExchangeError, Failure

_MOST_REMEMBERED = 512
_LONGEST_PEM = 64 * 1024
_BEGIN = "-----BEGIN CERTIFICATE-----"


class Contexts:
    """Gives the context for a Message; a new one costs as much as some thirty Messages."""

    def __init__(self, ca_file: str | None) -> None:
        """Prepare the usual one.

        Raises:
            SettingsError: ``ca_file`` cannot be used.
        """
        self._usual = verifying_context(ca_file)
        self._own: dict[str, ssl.SSLContext] = {}

    def find(self, ca_pem: str | None) -> ssl.SSLContext:
        """Give the context that verifies by these authorities alone; None is the usual one.

        Raises:
            ExchangeError: they cannot be read.
        """
        if ca_pem is None:
            return self._usual
        context = self._own.get(ca_pem)
        if context is None:
            try:
                context = own_context(ca_pem)
            except InvalidRequestError as error:
                raise ExchangeError(Failure(OutcomeKind.TLS_FAILED, str(error))) from error
            if len(self._own) >= _MOST_REMEMBERED:
                self._own.clear()
            self._own[ca_pem] = context
        return context


def verifying_context(ca_file: str | None) -> ssl.SSLContext:
    """Give the usual context: 1.2 or later, the system's authorities and those of a file.

    Raises:
        SettingsError: the file cannot be read.
    """
    context = _strict(ssl.create_default_context())
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            reason = error.strerror or "it holds no certificates"
            raise SettingsError(f"the certificate authorities in {ca_file}: {reason}") from error
    return context


def own_context(ca_pem: str) -> ssl.SSLContext:
    """Give a context that trusts these authorities and no others.

    Raises:
        InvalidRequestError: it is not the PEM text of certificates.
    """
    if len(ca_pem) > _LONGEST_PEM:
        raise InvalidRequestError(
            f"The endpoint's certificate authorities are longer than {_LONGEST_PEM // 1024} KiB."
        )
    try:
        if not ca_pem.isascii() or _BEGIN not in ca_pem:  # nothing would mean the system's
            raise ValueError("no certificates")  # noqa: TRY301 - the same words for all
        return _strict(ssl.create_default_context(cadata=ca_pem))
    except (OSError, ValueError) as error:
        raise InvalidRequestError(
            "The endpoint's certificate authorities cannot be read. Give the PEM text of one or "
            f"more certificates ({_BEGIN})."
        ) from error


def _strict(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context
