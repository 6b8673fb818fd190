"""As many connections as the system lets us have, if it is asked."""

import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="there a socket is no file")

PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
from bitewing.transport.files import most_connections
print(most_connections(), resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("granted", "may_be", "connections", "then"),
    [
        (256, 1000, 872, (1000, 1000)),
        (256, 256, 128, (256, 256)),
        (1024, 9000, 2048, (8192, 9000)),
        (9000, 9000, 2048, (9000, 9000)),
        (100, 100, 1, (100, 100)),
    ],
)
def test_what_may_be_had_is_had(
    granted: int, may_be: int, connections: int, then: tuple[int, int]
) -> None:
    """What was granted before is not given up; the rest of the program has files left, too."""
    arguments = [sys.executable, "-c", PROGRAM, str(granted), str(may_be)]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=True)

    assert ran.stdout.split(maxsplit=1) == [str(connections), f"{then}\n"]
