"""Owing: composed Deliveries enter the outbox as their Endpoints stand at that moment."""

from collections.abc import Sequence

from bitewing.model.delivery import Delivery, DeliveryState
from bitewing.model.lanes import lane_of
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.ports.store import Transaction


def owe(tx: Transaction, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Put these into the outbox; give them as they are owed.

    What is owed to a disabled Endpoint is held; what is owed to one that wants strict order
    stands in one lane with all that it is owed.
    """
    endpoints = {number: tx.endpoints.get(number) for number in {d.endpoint for d in deliveries}}
    owed = [_as_owed(delivery, endpoints[delivery.endpoint]) for delivery in deliveries]
    tx.outbox.add(owed)
    return owed


def _as_owed(delivery: Delivery, endpoint: Endpoint | None) -> Delivery:
    if endpoint is None:
        return delivery
    if endpoint.is_ordered:
        everything = lane_of(endpoint.id)
        if everything not in delivery.lanes:  # a replay stands in it already
            delivery = delivery._replace(lanes=(*delivery.lanes, everything))
    if endpoint.state is EndpointState.DISABLED:
        delivery = delivery._replace(state=DeliveryState.HELD)
    return delivery
