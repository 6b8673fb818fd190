"""Case 30: a large MyISAM table without an index on its stamp is scanned in pieces."""

import pytest
from tests.adversarial.meddling import Meddling
from tests.adversarial.rig import Rig

pytestmark = pytest.mark.live


def without_index(rig: Rig) -> None:
    """Make patients heavy: stamps without an index, as Open Dental has them before 24.4."""
    for (name,) in rig.writer.rows(
        "SELECT DISTINCT index_name FROM information_schema.statistics WHERE column_name = "
        "'DateTStamp' AND table_name = 'patient' AND table_schema = DATABASE()"
    ):
        rig.run(f"ALTER TABLE patient DROP INDEX `{name}`")


@pytest.mark.parametrize("piece", [1, 2])
async def test_case_30_pieces_together_give_what_one_scan_gives(
    myisam_rig: Rig, piece: int
) -> None:
    """Negative, zero and huge keys among them; no row is lost between two pieces, or doubled."""
    without_index(myisam_rig)
    for number in (-7, 0, 2**53 + 1, 2**63 - 1):
        myisam_rig.writer.insert("patient", {"PatNum": number})
    await myisam_rig.restart()
    myisam_rig.source.scan_rows = piece
    await myisam_rig.poll()
    myisam_rig.run("UPDATE patient SET AddrNote = 'changed'")
    low = (await myisam_rig.source.reach()).now.replace(year=2020)

    found = await myisam_rig.source.keys_stamped_since(myisam_rig.watch("Patient"), low)
    digests = await myisam_rig.source.digests_stamped_since(myisam_rig.watch("Patient"), low)

    assert sorted(found) == sorted(digests) == myisam_rig.keys("patient", "PatNum")
    await myisam_rig.verify()


async def test_case_30_no_scan_goes_over_more_rows_than_a_piece(myisam_rig: Rig) -> None:
    """Every statement names the keys between which it looks, but for the last, which is short."""
    without_index(myisam_rig)
    await myisam_rig.restart()
    myisam_rig.source.scan_rows = 1
    await myisam_rig.poll()
    scans: list[str] = []

    def noted(sql: str) -> bool:
        if "FROM `patient` WHERE `DateTStamp`" in sql:
            scans.append(sql)
        return False

    myisam_rig.source.polling = Meddling(myisam_rig.source.polling, before=noted, act=scans.clear)
    await myisam_rig.poll()

    assert len(scans) == len(myisam_rig.keys("patient", "PatNum")) + 1
    assert all("`PatNum` >" in sql or "`PatNum` <=" in sql for sql in scans)
