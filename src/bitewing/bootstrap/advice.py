"""Advice: what ``doctor`` says of the settings of NexHealth's face."""

from collections.abc import Iterator

from bitewing.model.health import Finding, Light
from bitewing.settings import Settings


def advice_about_nexhealth(settings: Settings) -> Iterator[Finding]:
    """Give what is worth saying; nothing if nobody can call that face."""
    keys = settings.nexhealth.api_keys
    for number, one in enumerate(keys, start=1):
        subject = f"NexHealth API key {number}"
        if one.institutions:
            reached = ", ".join(one.institutions)
            yield Finding(Light.GREEN, subject, f"It reaches {reached}.")
        else:
            yield Finding(
                Light.STARTING,
                subject,
                "It reaches no institution.",
                "Name their subdomains in its institutions.",
            )
    if keys:
        yield from _about_practices(settings)
    if keys and not settings.delivery.https_only:
        yield Finding(
            Light.STARTING,
            "NexHealth deliveries",
            "Health data may be sent to receivers over http, unencrypted.",
            "Set delivery.https_only = true unless all receivers are on this network.",
        )


def _about_practices(settings: Settings) -> Iterator[Finding]:
    reached = {name for one in settings.nexhealth.api_keys for name in one.institutions}
    for institution, source in settings.sources:
        if institution.subdomain in reached and source.writer is None:
            yield Finding(
                Light.STARTING,
                f"source {source.name}: writer",
                "Nothing can be written back, so write_status is red.",
                "Name Open Dental's API in its writer if that is wanted.",
            )
