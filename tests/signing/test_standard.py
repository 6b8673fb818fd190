"""Signatures of Standard Webhooks."""

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bitewing.model.errors import InvalidRequestError
from bitewing.ports.signer import Signer
from bitewing.signing.keys import new_pair
from bitewing.signing.standard import StandardSigner

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
CONTENT = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'


def signed(*secrets: str) -> str:
    signer: Signer = StandardSigner()
    first = signer.signing_with(secrets)(*SIGNED)
    assert signer.signing_with(secrets)(*SIGNED) == first  # the second time from memory
    return first


def test_the_published_vector() -> None:
    """The one in the tests of the specification's own libraries."""
    assert signed(SECRET) == SIGNATURE


@pytest.mark.parametrize("length", [24, 32, 63, 64])
def test_openssl_makes_the_same_v1(length: int) -> None:
    """Keys of every allowed length, one block of SHA-256 included."""
    key = bytes(range(1, length + 1))
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"],
        input=CONTENT,
        capture_output=True,
        check=True,
    )

    secret = "whsec_" + base64.b64encode(key).decode()

    assert signed(secret) == "v1," + base64.b64encode(made.stdout).decode()


@pytest.mark.parametrize("secret", ["NArWk7gdI96Bdn", "x" * 64, "y" * 65, "zahn\u00e4rztin-1234"])
def test_openssl_makes_the_same_from_any_text(secret: str) -> None:
    """A secret in no form of the specification is a key by its bytes, however long."""
    key = secret.encode().hex()
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary"],
        input=CONTENT,
        capture_output=True,
        check=True,
    )

    assert signed(secret) == "v1," + base64.b64encode(made.stdout).decode()


def test_openssl_makes_the_same_v1a(tmp_path: Path) -> None:
    """Ed25519 is deterministic: both must write the same bytes."""
    seed = bytes(range(32))
    # The frame of a private key in PKCS #8 (RFC 8410, section 10.3).
    frame = bytes.fromhex("302e020100300506032b657004220420")
    (tmp_path / "key.der").write_bytes(frame + seed)
    (tmp_path / "content").write_bytes(CONTENT)
    command = ["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER"]
    files = ["-inkey", str(tmp_path / "key.der"), "-in", str(tmp_path / "content")]
    made = subprocess.run([*command, *files], capture_output=True, check=True)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()

    expected = "v1a," + base64.b64encode(made.stdout).decode()

    assert signed("whsk_" + base64.b64encode(seed).decode()) == expected
    assert signed("whsk_" + base64.b64encode(seed + public).decode()) == expected


def test_several_secrets_give_several_signatures_in_their_order() -> None:
    """While a secret is being replaced a receiver may know either."""
    private, _ = new_pair()

    both = signed(private, SECRET).split(" ")

    assert both[0].startswith("v1a,")
    assert both[1] == SIGNATURE


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZ!", "not base64"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "holds 23 bytes"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "holds 65 bytes"),
        ("whsk_" + base64.b64encode(b"x" * 33).decode(), "holds 33 bytes"),
        ("whsk_" + base64.b64encode(b"x" * 64).decode(), "do not belong together"),
        ("whpk_" + base64.b64encode(b"x" * 32).decode(), "cannot sign"),
        ("short", "at least 12"),
        ("long enough, but\nbroken", "visible"),
        ("", "at least 12"),
    ],
)
def test_an_unfit_secret_is_refused(secret: str, reason: str) -> None:
    """The words say what is wrong, and never repeat the secret."""
    with pytest.raises(InvalidRequestError, match=reason) as caught:
        StandardSigner().require_fit(secret)

    assert secret[6:] not in str(caught.value) or not secret[6:]
