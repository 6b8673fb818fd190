"""What is ours, from its claim to its end."""

from datetime import timedelta

from tests.stores.samples import NOON, a_delivery, a_sent

from bitewing.engine.delivery.claimed import Claimed
from bitewing.model.delivery import Claim


def claims(names: str) -> list[Claim]:
    until = NOON + timedelta(minutes=1)
    return [Claim(a_delivery(name), until, place) for place, name in enumerate(names, 1)]


def test_what_is_ours_already_is_not_taken_again() -> None:
    """A clock that jumps ends claims early; what is under way must not go out beside itself."""
    claimed = Claimed()
    first = claimed.take(claims("ab"))
    again = claimed.take(claims("abc"))

    assert [one.delivery.id for one in first] == ["a", "b"]
    assert [one.delivery.id for one in again] == ["c"]
    assert len(claimed) == 3


def test_what_was_cancelled_on_its_way_to_us_is_left() -> None:
    """It is ours until the outbox has it back, and is not sent."""
    claimed = Claimed()
    claimed.recall({"b"})
    taken = claimed.take(claims("abc"))
    ended, left = claimed.hand_in()

    assert [one.delivery.id for one in taken] == ["a", "c"]
    assert (ended, left) == ([], ["b"])
    assert len(claimed) == 3


def test_what_could_not_be_told_is_told_again_and_first() -> None:
    """Nothing is let go before it is durable."""
    claimed = Claimed()
    one, two, three = claimed.take(claims("abc"))
    claimed.end([a_sent(one)])
    claimed.leave([two])
    ended, left = claimed.hand_in()
    claimed.end([a_sent(three)])
    claimed.put_back(ended, left)
    ended, left = claimed.hand_in()

    assert [sent.claim for sent in ended] == [one, three]
    assert left == ["b"]
    assert len(claimed) == 3
    claimed.let_go(ended, left)
    assert len(claimed) == 0
