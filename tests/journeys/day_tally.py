"""A tally of a captured day: what must be told, step by step, from the tables as they are then."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.journeys.captured_practice import CapturedPractice
from tests.journeys.nexhealth_expectation import Ids, Practice, Row, Tables, expected
from tests.sources.opendental.office import NEW_YORK

from bitewing.practice.schema import load

TABLES = {
    "appointment": (
        "AptNum PatNum AptStatus Pattern Confirmed Op Note ProvNum ProvHyg AptDateTime "
        "IsNewPatient DateTStamp DateTimeArrived DateTimeDismissed ClinicNum IsHygiene "
        "AppointmentTypeNum SecUserNumEntry SecDateTEntry Priority"
    ),
    "definition": "DefNum ItemName",
    "eform": "EFormNum PatNum Status",
    "histappointment": "HistApptNum AptNum HistDateTStamp HistApptAction AptStatus Confirmed",
    "inssub": "InsSubNum PlanNum SubscriberID DateEffective DateTerm",
    "insplan": "PlanNum IsMedical",
    "operatory": "OperatoryNum ClinicNum",
    "patient": (
        "PatNum LName FName MiddleI PatStatus Gender Birthdate Address Address2 City State Zip "
        "HmPhone WkPhone WirelessPhone Guarantor Email EstBalance BillingType DateFirstVisit "
        "ChartNumber DateTStamp ClinicNum TxtMsgOk Language SecDateEntry"
    ),
    "patplan": "PatPlanNum PatNum Ordinal Relationship PatID InsSubNum",
    "preference": "PrefNum PrefName ValueString",
    "procedurecode": "CodeNum ProcCode Descript TreatArea DateTStamp",
    "procedurelog": (
        "ProcNum PatNum AptNum PlannedAptNum CodeNum ProcDate ProcFee Surf ToothNum ToothRange "
        "ProcStatus ProvNum ClinicNum DateTP DateComplete BaseUnits UnitQty DateTStamp"
    ),
    "provider": "ProvNum FName LName",
    "sheet": "SheetNum SheetType PatNum IsWebForm IsDeleted ShowInTerminal ClinicNum",
}
"""What is looked at, by table; the key first."""


@dataclass
class Tally:
    """Follows a capture from beside it.

    A poll sees what is new and changed in tables that bear a stamp; a sweep sees everything.

    Attributes:
        noticed: the tables as they have been seen so far.
        expected: what must have been told.
    """

    practice: CapturedPractice
    noticed: dict[str, Mapping[int, Row]] = field(default_factory=dict)
    expected: Counter[str] = field(default_factory=Counter)
    _now: Practice | None = None

    async def begin(self) -> None:
        """Take the tables as they are; nothing is told of that."""
        self.noticed = dict(self._tables())
        self._now = await self._mapped()

    async def polled(self) -> None:
        """A poll has just been; nothing has been written since."""
        stamped = [name for name in TABLES if load()[name].stamp is not None]
        await self._see({name: {**self.noticed[name], **self._rows(name)} for name in stamped})

    async def swept(self) -> None:
        """A sweep of everything has just been; nothing has been written since."""
        await self._see(self._tables())

    async def _see(self, tables: Tables) -> None:
        assert self._now is not None
        self.noticed.update(tables)
        before, self._now = self._now, await self._mapped()
        self.expected += expected(before, self._now)

    async def _mapped(self) -> Practice:
        """Map the tables, with the ids that receivers know."""
        source = self.practice.source

        def work(identify: Ids) -> Practice:
            return Practice(self.noticed, identify, NEW_YORK, source.name, source.institution)

        return await self.practice.with_ids(work)

    def _tables(self) -> Tables:
        return {name: self._rows(name) for name in TABLES}

    def _rows(self, name: str) -> dict[int, Row]:
        columns = TABLES[name].split()
        listed = ", ".join(f"`{column}`" for column in columns)
        rows = self.practice.writer.rows(f"SELECT {listed} FROM `{name}`")
        return {
            int(row[0]): {
                column: None if cell is None else str(cell)
                for column, cell in zip(columns, row, strict=True)
            }
            for row in rows
        }
