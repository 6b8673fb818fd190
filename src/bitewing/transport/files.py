"""How many files the system lets this program have: each connection is one."""

import sys

MOST_CONNECTIONS = 2048
"""More are not kept: an idle one takes 10 KB, and with TLS 50."""

_USUAL, _WISHED = 1024, 8192
_OWN = 128
"""So many are for the store, the practices' databases and whoever calls us."""

if sys.platform == "win32":  # there a socket is no file, and nothing has to be asked for

    def _granted(_: int) -> int:
        return _USUAL

else:
    import resource

    def _granted(wished: int) -> int:
        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if resource.RLIM_INFINITY != most < wished:
            wished = most
        if resource.RLIM_INFINITY != now < wished:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wished, most))
        return wished


def most_connections() -> int:
    """Have as many files granted as there may be, and give how many may be connections.

    Programs start with 1,024 on many systems, of old for the sake of ``select``, which nothing
    here uses; what they may ask for is far more (systemd: "File Descriptor Limits").
    """
    return max(1, min(MOST_CONNECTIONS, _granted(_WISHED) - _OWN))
