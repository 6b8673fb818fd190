"""The limit: wrk, a bare client in C, posting the same body to the same receiver."""

import re
import shutil
import tempfile
from pathlib import Path

from bench.deliver import contents
from bench.deliver.gauge import Cost, run

_SECONDS = 3


def by_wrk(url: str, connections: int) -> Cost:
    """Post for some seconds, unsigned: every request is the same bytes."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is missing; run scripts/servers.sh bench")
    content = contents.body(1)
    lines = "".join(
        f'wrk.headers["{name}"] = "{value}"\n' for name, value in contents.headers("msg_1", content)
    )
    script = (
        'wrk.method = "POST"\n'
        f"wrk.body = '{content.decode()}'\n"
        'wrk.headers["Content-Type"] = "application/json"\n' + lines
    )
    with tempfile.TemporaryDirectory(prefix="bitewing-wrk-") as directory:
        path = Path(directory) / "post.lua"
        path.write_text(script)
        options = ["-t1", f"-c{connections}", f"-d{_SECONDS}s", "-s", str(path), url]
        said, wall, cpu = run([program, *options])
    found = re.search(r"(\d+) requests in", said)
    if found is None or "Non-2xx" in said:
        raise SystemExit(f"wrk did not go well:\n{said}")
    return Cost(int(found[1]), wall, cpu)
