"""Renamed definitions, providers, clinics and sites, on real databases."""

from dataclasses import replace

import pytest
from tests.adversarial.rig import Rig

from bitewing.engine.capture.poller import Poller
from bitewing.engine.capture.renaming import LOOK_SECONDS
from bitewing.model.record import Record

RENAMES = [
    ("UPDATE definition SET ItemName = 'Unsure' WHERE DefNum = {confirmed}", "Appointment"),
    ("UPDATE definition SET ItemName = 'Other' WHERE DefNum = {billing}", "Patient"),
    ("UPDATE provider SET Abbr = 'NEW' WHERE ProvNum = {provider}", "Patient"),
    ("UPDATE clinic SET Abbr = 'NEW' WHERE ClinicNum = {clinic}", "Patient"),
]


async def listen(rig: Rig, *, announces_renamed: bool) -> None:
    """Go on with a poller that was told so, and let it compare what there is."""
    rig.poller = Poller(
        rig.source,
        rig.store,
        clock=rig.clock,
        signals=rig.signals,
        announces_renamed=announces_renamed,
    )
    await rig.poll()
    await compare(rig)


async def compare(rig: Rig) -> None:
    """Let the poller come to the end of whatever it has to compare."""
    for _ in range(40):
        rig.clock.advance(LOOK_SECONDS)
        await rig.poller.sweep()


def renamed(rig: Rig, statement: str) -> None:
    def first(column: str, table: str) -> int:
        return int(rig.cell(f"SELECT MAX({column}) FROM {table} WHERE {column} > 0"))

    rig.run(
        statement.format(
            confirmed=first("Confirmed", "appointment"),
            billing=first("BillingType", "patient"),
            provider=first("PriProv", "patient"),
            clinic=first("ClinicNum", "patient"),
        )
    )


def unlike(before: Record | None, after: Record | None) -> bool:
    return before is not None and after is not None and before.derived != after.derived


@pytest.mark.parametrize(("statement", "watch"), RENAMES)
async def test_what_shows_the_name_is_told_and_shows_the_new_one(
    rig: Rig, statement: str, watch: str
) -> None:
    """Every Record whose fresh reading shows another name, exactly; its row is as it was."""
    await listen(rig, announces_renamed=True)
    before = await rig.images()
    renamed(rig, statement)
    await compare(rig)
    fresh = await rig.source.fetch(rig.watch(watch), list(rig.rows(rig.watch(watch))))
    expected = {one.key for one in fresh if one.derived != before[one.key].derived}
    changes = [change for change in await rig._changes(0) if unlike(change.before, change.after)]

    assert expected
    assert {change.key for change in changes if change.key.watch == watch} == expected
    assert len(changes) == len({change.key for change in changes})
    images = await rig.images()
    assert all(images[one.key] == replace(one, fingerprint=one.fingerprint) for one in fresh)


@pytest.mark.parametrize(("statement", "watch"), RENAMES)
async def test_by_default_nobody_is_told(rig: Rig, statement: str, watch: str) -> None:
    """As Open Dental has it."""
    await listen(rig, announces_renamed=False)
    renamed(rig, statement)
    await compare(rig)

    assert [one for one in await rig._changes(0) if one.key.watch == watch] == []
