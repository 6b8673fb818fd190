"""The whole of the settings, and what must hold between its tables."""

from collections import Counter
from collections.abc import Iterable
from typing import Self

from pydantic import model_validator

from bitewing.settings.nexhealth import NexHealthSettings
from bitewing.settings.practices import InstitutionSettings, SourceSettings
from bitewing.settings.section import Section
from bitewing.settings.sections import (
    DeliverySettings,
    OpenDentalSettings,
    OperatorSettings,
    ServerSettings,
    StoreSettings,
)


class Settings(Section):
    """Everything that can be configured."""

    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    delivery: DeliverySettings = DeliverySettings()
    opendental: OpenDentalSettings = OpenDentalSettings()
    nexhealth: NexHealthSettings = NexHealthSettings()
    operator: OperatorSettings = OperatorSettings()
    institutions: list[InstitutionSettings] = []

    @property
    def sources(self) -> list[tuple[InstitutionSettings, SourceSettings]]:
        """All practice databases with their institutions."""
        return [(one, source) for one in self.institutions for source in one.sources]

    @model_validator(mode="after")
    def _names_and_keys_tell_sources_apart(self) -> Self:
        names = [source.name for _, source in self.sources]
        keys = [
            key.get_secret_value() for _, source in self.sources for key in source.customer_keys
        ]
        subdomains = [one.subdomain for one in self.institutions]
        _refuse_twins("source names", names)
        _refuse_twins("subdomains", subdomains)
        if len(set(keys)) < len(keys):
            raise ValueError("a customer key stands twice; each belongs to one source")
        return self

    @model_validator(mode="after")
    def _api_keys_reach_what_is_there(self) -> Self:
        known = {one.subdomain for one in self.institutions}
        for one in self.nexhealth.api_keys:
            for subdomain in one.institutions:
                if subdomain not in known:
                    raise ValueError(
                        f"an API key of [nexhealth] names the institution {subdomain}, which is "
                        f"none of: {', '.join(sorted(known)) or 'there is none'}"
                    )
        return self

    @property
    def variables(self) -> set[str]:
        """The environment variables that hold secrets."""
        named = [self.store.secret_key_env, self.operator.secret_env]
        for _, source in self.sources:
            writer = source.writer
            named += [source.password_env, writer.authorization_env if writer else None]
        return {name for name in named if name is not None}


def _refuse_twins(what: str, values: Iterable[str]) -> None:
    counted = Counter(values)
    twice = sorted(value for value, count in counted.items() if count > 1)
    if twice:
        raise ValueError(f"{what} must differ: {', '.join(twice)} stands twice")
