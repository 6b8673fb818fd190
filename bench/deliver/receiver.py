"""The receiver: nginx answering 204, plain and with TLS, on a core of its own."""

import contextlib
import getpass
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from bench.deliver.gauge import pinned
from bench.rig import free_port

_READY_SECONDS = 10.0

# Nothing outside the directory is touched, so that it runs as any user and beside any other nginx.
_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {directory}/pid;
error_log {directory}/errors crit;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {directory}/bodies;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    client_body_buffer_size 16k;
    keepalive_timeout 75;
    keepalive_requests 1000000000;
    ssl_certificate {directory}/certificate.pem;
    ssl_certificate_key {directory}/key.pem;
    server {{
        listen 127.0.0.1:{plain} backlog=4096;
        listen 127.0.0.1:{tls} ssl backlog=4096;
        location = /status {{ stub_status; }}
        location /failing {{ return 500; }}
        location / {{ return 204; }}
    }}
}}
"""


@dataclass(frozen=True)
class Receiver:
    """Where it listens.

    Attributes:
        ca_file: the authority of its certificate.
    """

    plain: int
    tls: int
    ca_file: str

    def url(self, *, is_tls: bool = False) -> str:
        """Give where to send to."""
        scheme, port = ("https", self.tls) if is_tls else ("http", self.plain)
        return f"{scheme}://127.0.0.1:{port}/hook"

    def taken(self) -> int:
        """Give how many requests it has answered so far, this question left out."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.plain}/status", timeout=5) as answer:
            counts = answer.read().decode().splitlines()[2]
        # Each question was a request, too; they are told from the others by whoever asks.
        return int(counts.split()[2]) - 1


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """Run it."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory(prefix="bitewing-receiver-") as directory:
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "localhost")
        issued.private_key_pem.write_to_path(f"{directory}/key.pem")
        for place, pem in enumerate(issued.cert_chain_pems):
            pem.write_to_path(f"{directory}/certificate.pem", append=place > 0)
        authority.cert_pem.write_to_path(f"{directory}/ca.pem")
        receiver = Receiver(free_port(), free_port(), f"{directory}/ca.pem")
        user = f"user {getpass.getuser()};" if os.getuid() == 0 else ""
        config = Path(directory) / "nginx.conf"
        config.write_text(
            _CONFIG.format(user=user, directory=directory, plain=receiver.plain, tls=receiver.tls)
        )
        command = [program, "-p", directory, "-e", f"{directory}/errors", "-c", str(config)]
        process = subprocess.Popen([*pinned(1), *command])
        try:
            _wait_until_ready(receiver.plain, process)
            yield receiver
        finally:
            process.terminate()
            process.wait(timeout=10)


def trusting(ca_file: str) -> ssl.SSLContext:
    """Give a TLS context that trusts the receiver."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError("nginx does not start")
