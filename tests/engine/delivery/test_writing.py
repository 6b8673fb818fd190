"""The Message of one Attempt."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.dialect import FakeDialect
from tests.fakes.sender import Message
from tests.stores.samples import NOON, a_delivery, after_noon, an_endpoint

from bitewing.engine.delivery.writing import writing_to
from bitewing.model.errors import InvalidRequestError
from bitewing.model.subscription import Endpoint
from bitewing.receive import Received, is_genuine
from bitewing.signing.keys import private_key, public_text
from bitewing.signing.standard import StandardSigner

NEW, OLD = "whsec_" + "N" * 32, "whsec_" + "O" * 32
PRIVATE = "whsk_" + "A" * 43 + "="  # always the same: test names are made of it
PUBLIC = public_text(private_key(PRIVATE))


def written(endpoint: Endpoint, *, seconds: float = 0) -> Message:
    """Write a Message to this Endpoint so many seconds after noon."""
    dialect, delivery = FakeDialect(), a_delivery("msg_1")
    write = writing_to(endpoint, dialect, StandardSigner(), after_noon(seconds))
    return Message(endpoint.url, write(delivery), delivery.body, dialect.timeout)


def genuine(message: Message, key: str, *, seconds: float = 0) -> bool:
    """Whether a receiver with this key believes it."""
    lines = {name.lower(): value for name, value in message.headers}
    received = Received("/", lines, message.body)
    return is_genuine(received, [key], NOON.timestamp() + seconds)


@pytest.mark.parametrize(("secret", "key"), [(NEW, NEW), (PRIVATE, PUBLIC), ("x" * 14, "x" * 14)])
def test_every_message_is_signed(secret: str, key: str) -> None:
    """By its Endpoint's secret, over the bytes and the id that are sent, whatever the dialect."""
    message = written(an_endpoint(secret=secret))

    assert genuine(message, key)
    assert [name for name, _ in message.headers].count("webhook-signature") == 1


def test_every_attempt_is_signed_anew() -> None:
    """Later Attempts bear the same id and a later time."""
    endpoint = an_endpoint(secret=NEW)
    early, late = written(endpoint), written(endpoint, seconds=3600)

    assert not genuine(early, NEW, seconds=3600)
    assert genuine(late, NEW, seconds=3600)
    assert dict(early.headers)["webhook-id"] == dict(late.headers)["webhook-id"]


def test_while_a_secret_is_replaced_either_is_enough() -> None:
    """The new one's signature stands first; afterwards the old one signs no more."""
    until = NOON + timedelta(hours=24)
    endpoint = an_endpoint(secret=NEW, old_secret=OLD, old_secret_until=until)
    during, after = written(endpoint), written(endpoint, seconds=24 * 3600)
    alone = dict(written(replace(endpoint, old_secret_until=None)).headers)["webhook-signature"]

    assert genuine(during, NEW) and genuine(during, OLD)
    assert dict(during.headers)["webhook-signature"].split()[0] == alone
    assert genuine(after, NEW, seconds=24 * 3600)
    assert not genuine(after, OLD, seconds=24 * 3600)


def test_without_a_secret_nothing_is_signed() -> None:
    """An Endpoint from before there were secrets."""
    assert "webhook-signature" not in dict(written(an_endpoint()).headers)


def test_a_secret_that_cannot_be_used_is_an_error() -> None:
    """It is better not to send than to send unsigned."""
    with pytest.raises(InvalidRequestError):
        written(an_endpoint(secret="whsec_short"))


def test_the_endpoints_own_headers_go_along() -> None:
    """Behind the dialect's headers, which stay first and in their order."""
    own = (("X-Api-Key", "1"), ("cookie", "a=b"))
    message = written(an_endpoint(secret=NEW, headers=own))
    first = FakeDialect().headers(a_delivery("msg_1"), an_endpoint(), NOON)

    assert message.headers[: len(first)] == first
    assert message.headers[-2:] == own
