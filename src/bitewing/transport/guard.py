"""AddressGuard: which URLs and addresses may be sent to, and why others may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from bitewing.transport.closed_ports import CLOSED_PORTS
from bitewing.transport.hosts import UnfitURLError
from bitewing.transport.networks import (
    METADATA_ADDRESSES,
    METADATA_NAMES,
    Address,
    Network,
    embedded,
    is_judged_by_embedded,
    rule_for,
    without_zone,
)
from bitewing.transport.target import Target, parse_target

_MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says about a URL or an address.

    Attributes:
        rule: what forbids it (``private network``); "" if it is allowed.
        network: the forbidden network that holds it, if that is the reason.
        detail: the whole reason in plain words, with the remedy if there is one.
    """

    rule: str = ""
    network: str = ""
    detail: str = ""

    @property
    def is_allowed(self) -> bool:
        """Whether nothing forbids it."""
        return not self.rule


ALLOWED = Verdict()


class AddressGuard:
    """Keeps Messages from servers that are not receivers: our own network, clouds' metadata.

    Addresses are judged, never names, because a name can mean another address tomorrow. So the
    sender asks about every address at every Attempt and connects to the very address it asked
    about.
    """

    def __init__(self, allow_networks: Sequence[Network] = (), *, https_only: bool = True) -> None:
        """Take the policy.

        Args:
            allow_networks: networks that hold receivers although they are forbidden by default.
                Cloud metadata addresses stay forbidden.
            https_only: whether plain http is refused.
        """
        self._allow_networks = tuple(allow_networks)
        self._https_only = https_only
        # The policy does not change while we run, so that a verdict stays true.
        self._remembered: dict[str, Verdict] = {}
        self._remembered_all: dict[tuple[str, ...], Verdict] = {}

    def judge_url(self, url: str) -> Verdict:
        """Judge what a URL shows by itself, without looking its name up."""
        try:
            target = parse_target(url)
        except UnfitURLError as error:
            return _forbidden("unfit URL", f"the URL cannot be used: {error}")
        return self.judge_target(target)

    def judge_target(self, target: Target) -> Verdict:
        """Judge a URL's scheme, port and host, without looking its name up."""
        if self._https_only and not target.is_tls:
            return _forbidden(
                "https only", "http is not encrypted; use https, or set delivery.https_only = false"
            )
        if target.port in CLOSED_PORTS:
            return _forbidden("port", f"port {target.port} belongs to other servers than receivers")
        if target.host in METADATA_NAMES:
            return _forbidden("cloud metadata", f"{target.host} names a cloud's metadata server")
        return self._judge_any(target.literals)

    def judge_all(self, addresses: tuple[str, ...]) -> Verdict:
        """Judge the addresses that a name was resolved to: one that is forbidden forbids all."""
        verdict = self._remembered_all.get(addresses)
        if verdict is None:
            verdicts = map(self.judge, addresses)
            verdict = next((one for one in verdicts if not one.is_allowed), ALLOWED)
            if len(self._remembered_all) >= _MOST_REMEMBERED:
                self._remembered_all.clear()
            self._remembered_all[addresses] = verdict
        return verdict

    def judge(self, address: Address | str) -> Verdict:
        """Judge one address; an IPv6 zone is ignored.

        Raises:
            ValueError: the text is not an address.
        """
        shown = str(address)
        verdict = self._remembered.get(shown)
        if verdict is None:
            verdict = self._examine(without_zone(ip_address(shown)))
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[shown] = verdict
        return verdict

    def _judge_any(self, literals: Sequence[Address]) -> Verdict:
        """Judge what a host spells: ``localhost`` has two addresses, and one will do."""
        verdicts = [self.judge(address) for address in literals]
        return next(
            (verdict for verdict in verdicts if verdict.is_allowed), (*verdicts, ALLOWED)[0]
        )

    def _examine(self, address: Address) -> Verdict:
        inner = embedded(address)
        if address in METADATA_ADDRESSES or inner in METADATA_ADDRESSES:
            reason = f"{address} is a cloud's metadata server, which no setting allows"
            return _forbidden("cloud metadata", reason)
        if inner is not None and is_judged_by_embedded(address):
            return self._look_up(inner, f"{address} stands for {inner}, which")
        return self._look_up(address, str(address))

    def _look_up(self, address: Address, subject: str) -> Verdict:
        line = rule_for(address)
        if line is None or any(address in network for network in self._allow_networks):
            return ALLOWED
        network, rule = line
        reason = f"{subject} is in {network} ({rule}); allow it with delivery.allow_networks"
        return _forbidden(rule, reason, network=str(network))


def _forbidden(rule: str, reason: str, *, network: str = "") -> Verdict:
    return Verdict(rule=rule, network=network, detail=f"blocked by policy: {reason}")
