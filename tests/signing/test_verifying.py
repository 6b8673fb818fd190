"""What a receiver makes of our signatures, and of forged ones."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bitewing.receive import Received, is_genuine
from bitewing.signing.keys import private_key, public_text
from bitewing.signing.standard import StandardSigner

NOW = 1614265330
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "A" * 32
PRIVATE = "whsk_" + "A" * 43 + "="  # always the same: test names are made of it
PUBLIC = public_text(private_key(PRIVATE))
BODY = b'[{"AptNum":28}]'


def received(*secrets: str, **headers: str) -> Received:
    """Give a Message signed with these secrets."""
    signature = StandardSigner().signing_with(secrets)("msg_1", NOW, BODY) if secrets else ""
    lines = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(NOW),
        "webhook-signature": signature,
    }
    return Received("/", lines | headers, BODY)


@pytest.mark.parametrize(
    ("secrets", "keys"),
    [
        ([SECRET], [SECRET]),
        ([PRIVATE], [PUBLIC]),
        (["NArWk7gdI96Bdn"], ["NArWk7gdI96Bdn"]),
        (["NArWk7gdI96Bdn"], ["whsec_TkFyV2s3Z2RJOTZCZG4="]),
        ([OTHER, SECRET], [SECRET]),
        ([SECRET, PRIVATE], [PUBLIC]),
        ([SECRET], [OTHER, SECRET]),
        ([PRIVATE, SECRET], [PUBLIC, OTHER]),
    ],
)
def test_what_we_sign_is_genuine(secrets: Sequence[str], keys: Sequence[str]) -> None:
    """Either scheme, and either secret while one replaces the other, on either side."""
    assert is_genuine(received(*secrets), keys, NOW)


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_five_minutes_are_tolerated(seconds: int) -> None:
    """Clocks differ, both ways."""
    assert is_genuine(received(SECRET), [SECRET], NOW + seconds)


@pytest.mark.parametrize("key", [SECRET, PUBLIC])
@pytest.mark.parametrize(
    "forged",
    [
        replace(received(SECRET, PRIVATE), body=BODY + b" "),
        received(SECRET, PRIVATE, **{"webhook-id": "msg_2"}),
        received(SECRET, PRIVATE, **{"webhook-timestamp": str(NOW + 1)}),
        received(SECRET, PRIVATE, **{"webhook-timestamp": ""}),
        received(SECRET, PRIVATE, **{"webhook-timestamp": "soon"}),
        received(SECRET, PRIVATE, **{"webhook-timestamp": "9" * 5000}),
        received(),
        received(OTHER),
        received(**{"webhook-signature": "v1, v1a, v2,x v1 v1a,AAAA v1,\u00e4"}),
        Received("/", {}, BODY),
    ],
)
def test_what_is_not_ours_is_not_genuine(key: str, forged: Received) -> None:
    """Nothing of what is signed may be changed, and nothing odd is an error."""
    assert not is_genuine(forged, [key], NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_message_is_not_genuine(seconds: int) -> None:
    """A genuine Message that somebody sends again later is refused."""
    assert not is_genuine(received(SECRET), [SECRET], NOW + seconds)


def test_a_signature_of_one_scheme_is_none_of_the_other() -> None:
    """A public key is no HMAC key: whoever knows it could sign."""
    forged = StandardSigner().signing_with([PUBLIC.replace("whpk_", "whsec_")])("msg_1", NOW, BODY)
    for version in ("v1,", "v1a,"):
        signature = version + forged.removeprefix("v1,")
        assert not is_genuine(received(**{"webhook-signature": signature}), [PUBLIC], NOW)


def test_the_receiver_needs_the_standard_library_alone() -> None:
    """A person may copy the file; only whpk_ keys ask for more."""
    program = "import sys, bitewing.receive; sys.exit('cryptography' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
