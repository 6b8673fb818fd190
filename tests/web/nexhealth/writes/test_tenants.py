"""What one institution wrote is none of another's business, though ids are counted together."""

import pytest
from tests.web.nexhealth.writes.booking import Desk
from tests.web.nexhealth.writes.test_patients import add
from tests.web.office import OTHER_API_KEY

LIKE_DOE = "SELECT COUNT(*) FROM patient WHERE LName = 'Doe'"


@pytest.fixture
async def stranger(desk: Desk) -> Desk:
    """A client of another institution beside the first; nothing is written into its practice."""
    return await Desk.of(desk.office, desk.api, OTHER_API_KEY, "dark-smiles")


async def refused(desk: Desk, patient: int) -> None:
    """Nothing can be asked for about this patient, and nothing is told or written."""
    form = {"form_request": {"patient_id": patient}}
    answers = [
        await desk.book(patient_id=patient),
        await desk.ask("POST", "/forms/request", form),
    ]
    await desk.write()

    assert [(one.status, one.error) for one in answers] == [
        (400, f"Patient with id {patient} not found")
    ] * len(answers)
    assert await desk.told() == []


async def test_a_new_patient_is_not_told_to_another_institution(desk: Desk, stranger: Desk) -> None:
    """The practice does not know her yet; her id is easily guessed."""
    jane = (await add(desk)).data["user"]["id"]

    await refused(stranger, jane)


async def test_a_new_patient_is_not_written_into_another_practice(
    desk: Desk, stranger: Desk
) -> None:
    """Nor into the practice from which the guesser is."""
    jane = (await add(stranger)).data["user"]["id"]

    await refused(desk, jane)
    assert desk.office.rows(LIKE_DOE) == [(0,)]


async def test_a_written_patient_is_not_known_to_another_institution(
    desk: Desk, stranger: Desk
) -> None:
    """The practice's number of her stands for somebody else there."""
    jane = (await add(desk)).data["user"]["id"]
    await desk.book(patient_id=jane)
    await desk.write()
    await desk.told()

    assert desk.office.rows(LIKE_DOE) == [(1,)]
    await refused(stranger, jane)


async def test_where_nothing_is_written_nothing_lies_until_something_is(stranger: Desk) -> None:
    """A form that could not be filed and a change that could not be made are refused."""
    appt = (await stranger.book()).data["appt"]["id"]
    form = {"form_request": {"patient_id": stranger.patient}}
    answers = [
        await stranger.ask("PATCH", f"/appointments/{appt}", {"appt": {"cancelled": True}}),
        await stranger.ask("POST", "/forms/request", form),
    ]

    assert [(one.status, one.error) for one in answers] == [
        (400, "Nothing is written into this practice")
    ] * len(answers)
