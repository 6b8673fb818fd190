"""Case 38: mutants of the capture, each of which must fail a test that is named here.

A mutant is made in a copy of the package; the test runs in a process that imports the copy.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import bitewing

PACKAGE = Path(bitewing.__file__).parent
ROOT = Path(__file__).parents[2]
SHORT_SOAK = "tests/adversarial/test_short_soak.py"
LATE_RESTART = (
    "tests/adversarial/test_crashes.py::"
    "test_case_23_nothing_is_lost_when_the_restart_is_later_than_the_overlap"
)
_BARE = [
    part
    for name in ("cacheprovider", "faker", "randomly", "schemathesis", "xdist")
    for part in ("-p", f"no:{name}")
]
"""What these tests do without; loading it would take longer than they do."""

FAILED = 1
"""What pytest ends with when tests have failed, as against not having run."""

_NO_SWEEP = (
    "engine/capture/sweeping.py",
    "if len(known) != digest.rows or _xor(known.values()) != digest.bits:",
    "if len(known) < 0:",
)
_NO_OVERLAP = (
    "engine/capture/reading.py",
    "return min(cursor.read_up_to, reach.now) - reach.overlap",
    "return cursor.read_up_to",
)
_CURSOR_FIRST = (
    "engine/capture/reading.py",
    """\
        waiting: list[Page] = []
        for look in looks:
""",
    """\
        def move(tx: Transaction) -> None:
            for look in looks:
                following = look.cursor.after_poll(reach)
                tx.cursors.put(self.source.name, look.watch.name, following)

        await self.store.write(move)
        waiting: list[Page] = []
        for look in looks:
""",
)
_NULL_AS_EMPTY = ("model/record.py", 'parts.append(b"N;")', 'parts.append(b"0:")')
_NO_LENGTHS = ("model/record.py", 'parts += (b"%d:" % len(value), value)', "parts.append(value)")
_OUR_CRC = (
    "model/record.py",
    "mark=_first_64_bits(hashlib.sha1(marked, usedforsecurity=False).digest())",
    'mark=__import__("zlib").crc32(marked)',
)
_THEIR_CRC = (
    "sources/opendental/digests.py",
    'return str(int.from_bytes(digest[:8], "big"))',
    'return str(__import__("zlib").crc32(raw))',
)


@dataclass(frozen=True)
class Mutant:
    """A program that is wrong in one way.

    Attributes:
        edits: file, what stands there once, and what stands there in the mutant.
        test: the test that must notice.
    """

    name: str
    edits: tuple[tuple[str, str, str], ...]
    test: str


MUTANTS = (
    Mutant("no overlap and no sweep", (_NO_OVERLAP, _NO_SWEEP), f"{SHORT_SOAK} -k case_38"),
    Mutant("no sweep", (_NO_SWEEP,), f"{SHORT_SOAK} -k case_38"),
    Mutant("cursor before rows", (_CURSOR_FIRST,), LATE_RESTART),
    Mutant("fingerprint without NULL mark", (_NULL_AS_EMPTY,), "tests/model/test_record.py"),
    Mutant("fingerprint without lengths", (_NO_LENGTHS,), "tests/model/test_record.py"),
    Mutant("CRC32 under XOR", (_OUR_CRC, _THEIR_CRC), f"{SHORT_SOAK} -k one_stamp"),
)


def run(test: str, package: Path) -> subprocess.CompletedProcess[str]:
    """Run a test with this copy of the package."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *_BARE, *test.split()],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(directory: Path) -> Path:
    """Copy the package with what is compiled of it: each file keeps its stamp, which tells."""
    return Path(shutil.copytree(PACKAGE, directory / "bitewing"))


def mutate(package: Path, edits: tuple[tuple[str, str, str], ...]) -> None:
    """Make the edits; each must fit in exactly one place."""
    for name, sound, broken in edits:
        file = package / name
        text = file.read_text()
        assert text.count(sound) == 1, f"the mutant no longer fits {name}"
        file.write_text(text.replace(sound, broken))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_case_38_the_mutant_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    """The named test fails with the mutant."""
    package = copied(tmp_path)
    mutate(package, mutant.edits)

    outcome = run(mutant.test, package)

    assert outcome.returncode == FAILED, outcome.stdout


@pytest.mark.parametrize("test", sorted({mutant.test for mutant in MUTANTS}))
def test_case_38_an_unharmed_copy_passes(test: str, tmp_path: Path) -> None:
    """The same tests pass with a copy in which nothing was changed."""
    package = copied(tmp_path)

    outcome = run(test, package)

    assert outcome.returncode == 0, outcome.stdout
