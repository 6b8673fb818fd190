"""How many files the system lets this program have: each connection is one."""

import sys

MOST_CONNECTIONS = 2048
"""More are not needed: an idle one takes 10 KB, and with TLS 50."""

_WISHED = 8192

if sys.platform == "win32":

    def _obtain(wished: int) -> int:
        return wished  # there a socket is no file

else:
    import resource

    def _obtain(wished: int) -> int:
        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if resource.RLIM_INFINITY != most < wished:
            wished = most
        if now == resource.RLIM_INFINITY or now >= wished:
            return wished
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wished, most))
        except (OSError, ValueError):  # more would only be better
            return now
        return wished


def obtain_connections() -> int:
    """Obtain more files from the system if it grants them, and give how many may be connections.

    A quarter at least is for the store, the practices' databases and whoever calls us. Programs
    start with 1,024 on many systems for the sake of ``select``, which nothing here uses; they may
    ask for far more (systemd.exec, "LimitNOFILE").
    """
    return min(MOST_CONNECTIONS, _obtain(_WISHED) * 3 // 4)
