"""Versions of Open Dental."""

import pytest

from bitewing.dialects.opendental.versions import parse_version
from bitewing.model.errors import SettingsError


def test_versions_compare_by_number_not_by_letter() -> None:
    """24.4.9 is older than 24.4.30, and 25.1 is not newer than 25.1.0."""
    assert parse_version("24.4.9") < parse_version("24.4.30") < parse_version("25.1")
    assert parse_version("25.1") <= parse_version("25.1.0")
    assert parse_version("") < parse_version("0")


@pytest.mark.parametrize("text", ["latest", "24.", "24.x", "v24.4", "24.-1", "24.²"])
def test_a_version_that_is_none_is_refused_by_name(text: str) -> None:
    """A person who mistypes the version is told what one looks like."""
    with pytest.raises(SettingsError, match=r"24\.4\.30"):
        parse_version(text)
