"""The courier: what goes out together, and what cannot go out."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.dialect import FakeDialect
from tests.fakes.sender import FakeSender
from tests.stores.samples import NOON, a_delivery, an_endpoint

from bitewing.engine.delivery.courier import Courier, Owed
from bitewing.model.delivery import Delivery, Headers, OutcomeKind
from bitewing.model.errors import NotFoundError
from bitewing.model.subscription import Endpoint
from bitewing.signing.standard import StandardSigner

Ends = list[tuple[Any, Any]]


class Moody(FakeDialect):
    """Cannot write some."""

    def headers(self, delivery: Delivery, *rest: Any) -> Headers:
        if delivery.id == "forbidden":
            raise NotFoundError("The key is gone.")
        if delivery.id == "broken":
            raise ZeroDivisionError
        return super().headers(delivery, *rest)


def post(endpoint: Endpoint, owed: Sequence[Owed]) -> tuple[FakeSender, Ends, Ends]:
    """Post these; give the sender, what could not begin, and what has ended when it is answered."""
    sender, dialect = FakeSender(), Moody()
    ended: Ends = []
    courier = Courier(sender, {dialect.name: dialect}, StandardSigner())
    unsent = courier.post(endpoint, owed, NOON, ended.extend)
    sender.answer_all()
    return sender, unsent, ended


def owed(*names: str) -> list[Owed]:
    """Give Deliveries behind their names."""
    return [(name, a_delivery(name)) for name in names]


def test_what_goes_to_one_receiver_goes_together() -> None:
    """In its order, to its URL, verified by its own authorities; each end bears its token."""
    endpoint = an_endpoint(ca_pem="PEM")
    sender, unsent, ended = post(endpoint, owed("a", "b"))

    assert [dict(one.headers)["webhook-id"] for one in sender.messages] == ["a", "b"]
    assert {(one.url, one.ca_pem) for one in sender.messages} == {(endpoint.url, "PEM")}
    assert [token for token, _ in ended] == ["a", "b"]
    assert unsent == []


def test_what_cannot_be_written_stops_no_other() -> None:
    """It ends at once, with a reason in plain words and without what a program would say."""
    _, unsent, ended = post(an_endpoint(), owed("a", "forbidden", "broken", "b"))

    assert [token for token, _ in ended] == ["a", "b"]
    assert [token for token, _ in unsent] == ["forbidden", "broken"]
    assert {outcome.kind for _, outcome in unsent} == {OutcomeKind.BLOCKED}
    assert unsent[0][1].detail == "The key is gone."
    assert unsent[1][1].detail.startswith("The message cannot be written: ZeroDivisionError")


def test_a_dialect_that_is_not_configured_stops_no_other() -> None:
    """Each goes out in the dialect that it was composed in."""
    stranger = ("s", a_delivery("s")._replace(dialect="klingon"))
    _, unsent, ended = post(an_endpoint(), [stranger, *owed("a")])

    assert [token for token, _ in ended] == ["a"]
    assert [(token, outcome.detail) for token, outcome in unsent] == [
        ("s", "The dialect klingon is not configured.")
    ]


def test_a_secret_that_cannot_be_used_stops_all() -> None:
    """It is better not to send than to send unsigned."""
    sender, unsent, _ = post(an_endpoint(secret="whsec_short"), owed("a", "b"))

    assert sender.messages == []
    assert [token for token, _ in unsent] == ["a", "b"]
