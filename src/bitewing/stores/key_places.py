"""Where the key of a store's secrets lies: an environment variable, or a file beside the store."""

import os
import stat
from pathlib import Path

from bitewing.model.errors import SettingsError
from bitewing.stores.sealing import KeyedSeal, Keys, keys_from, new_key

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def seal_from_variable(name: str, text: str) -> KeyedSeal:
    """Give a seal whose keys stand in an environment variable, blank between them.

    Raises:
        SettingsError: it holds no key.
    """
    place = f"the environment variable {name}"
    keys = keys_from(text, place)
    if not keys.found:
        raise SettingsError(f"{place} is empty. Make a key with: openssl rand -base64 32")
    return KeyedSeal(lambda: keys, lambda: keys)


def seal_from_file(path: str) -> KeyedSeal:
    """Give a seal whose keys stand in a file, one a line; it is made when it is first needed."""
    return KeyedSeal(lambda: _load(path), lambda: _make(path))


def key_file_of(store: str) -> str:
    """Give the file beside a store that holds its key unless another is named."""
    return f"{store}.key"


def _load(path: str) -> Keys:
    place = f"the file {path}"
    try:
        with Path(path).open(encoding="ascii") as opened:
            if os.name == "posix" and os.fstat(opened.fileno()).st_mode & _OTHERS:
                raise SettingsError(
                    f"Others on this machine may read or write the key in {path}. Forbid it: "
                    f"chmod 600 {path}"
                )
            return keys_from(opened.read(), place)
    except FileNotFoundError:
        return Keys((), place)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(f"The key in {place} cannot be read: {reason}.") from error


def _make(path: str) -> Keys:
    """Write a key whole or not at all: half a key would keep the store shut for ever."""
    unfinished = f"{path}.new"
    try:
        Path(unfinished).unlink(missing_ok=True)
        opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except OSError as error:
        raise SettingsError(
            f"The key for the store's secrets cannot be written to {path} ({error.strerror}). See "
            "that this account may write there, or name another place: [store] key_file or "
            "secret_key_env."
        ) from error
    return _load(path)
