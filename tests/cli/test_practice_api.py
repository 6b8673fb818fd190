"""``practice serve-api`` answers until it is told to stop, and fails in one sentence."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.cli.running import CUSTOMER_KEY, DEVELOPER_KEY, PATIENCE_SECONDS, bitewing


def test_it_answers_and_ends(home: Path) -> None:
    """It says where it listens, answers with the keys it was given, and ends with code 0."""
    command = [sys.executable, "-m", "bitewing", "practice", "serve-api"]
    arguments = ["--url", f"sqlite:///{home / 'practice.db'}", "--listen", "127.0.0.1:0"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        request = urllib.request.Request(  # noqa: S310 - the server that we started
            f"{address}/operatories",
            headers={"Authorization": f"ODFHIR {DEVELOPER_KEY}/{CUSTOMER_KEY}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - as above
            shown = json.load(answer)
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE_SECONDS)

    assert [room["OperatoryNum"] for room in shown] == [1, 2, 3, 4]
    assert code == 0


def test_what_is_no_practice_is_refused(tmp_path: Path) -> None:
    """In one line, before anything is served."""
    (tmp_path / "empty.db").touch()

    said = bitewing("practice", "serve-api", "--url", f"sqlite:///{tmp_path / 'empty.db'}")

    assert said.code == 1
    assert said.err == "Error: There is no Open Dental database there; create one first.\n"


def test_an_address_must_have_a_port(home: Path) -> None:
    """Exit code 2, as for every wrong option."""
    said = bitewing("practice", "serve-api", "--url", "sqlite:///x", "--listen", "localhost")

    assert said.code == 2
    assert "must be host:port" in said.err
