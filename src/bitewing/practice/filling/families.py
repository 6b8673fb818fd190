"""The families: who comes to the office, who answers for whom, and who is insured."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bitewing.practice.filling.names import Names, Place, phone
from bitewing.practice.filling.office import CLINICS, YEARS_BACK, Office
from bitewing.practice.words import PatStatus

FAMILY_SIZES = (1, 2, 3, 4, 5)
FAMILY_WEIGHTS = (38, 24, 16, 15, 7)
ADULTS = 2
ADULT_YEARS = 18
YEAR = timedelta(days=365)
INSURED = 0.7
JOINED_LATELY = 0.3
STATUSES = (PatStatus.PATIENT, PatStatus.INACTIVE, PatStatus.ARCHIVED, PatStatus.NON_PATIENT,
            PatStatus.DECEASED, PatStatus.PROSPECTIVE, PatStatus.DELETED)  # fmt: skip
STATUS_WEIGHTS = (880, 55, 25, 15, 8, 12, 5)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a family lives and can be called."""

    address: str
    place: Place
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """One patient, as far as the rest of the practice must know.

    Attributes:
        number, guarantor: patient numbers; a guarantor answers for himself.
        joined_on: the day the record was made.
        plan, subscription: the family's insurance; 0 if there is none.
        relation: to the guarantor, in patplan.Relationship's numbers: 0 self, 1 spouse, 2 child.
    """

    number: int
    guarantor: int
    last: str
    first: str
    is_female: bool
    born_on: date
    joined_on: date
    status: PatStatus
    clinic: int
    dentist: int
    hygienist: int
    plan: int
    subscription: int
    relation: int
    home: Home

    @property
    def position(self) -> int:
        """What patient.Position says: 0 single, 1 married, 2 child."""
        return self.relation

    def is_child(self, day: date) -> bool:
        """Whether he or she is under 18 on that day."""
        return self.born_on + ADULT_YEARS * YEAR > day


def gather(office: Office, names: Names) -> list[Person]:
    """Give the patients in the order in which they became patients."""
    dice = office.random("families")
    people: list[Person] = []
    subscription = 0
    for joined_on in _arrivals(office, dice):
        if len(people) >= office.patients:
            break
        size = min(dice.choices(FAMILY_SIZES, FAMILY_WEIGHTS)[0], office.patients - len(people))
        is_insured = dice.random() < INSURED
        subscription += is_insured
        people += _family(
            office,
            names,
            dice,
            first_number=len(people) + 1,
            size=size,
            joined_on=joined_on,
            policy=(1 + dice.randrange(office.plans), subscription) if is_insured else (0, 0),
        )
    return people


def _arrivals(office: Office, dice: Random) -> list[date]:
    days: list[date] = []
    for _ in range(office.patients):
        if dice.random() < JOINED_LATELY:
            days.append(office.opened_on + timedelta(days=dice.randrange(YEARS_BACK.days - 5)))
        else:
            days.append(office.opened_on - timedelta(days=dice.randrange(1, 3000)))
    return sorted(days)


def _family(
    office: Office,
    names: Names,
    dice: Random,
    *,
    first_number: int,
    size: int,
    joined_on: date,
    policy: tuple[int, int],
) -> list[Person]:
    last = dice.choice(names.last)
    place = dice.choice(names.places)
    home = Home(
        address=f"{dice.randint(1, 9900)} {dice.choice(names.streets)}",
        place=place,
        phone=phone(dice, place.area_code),
    )
    clinic = 1 + dice.randrange(CLINICS)
    dentist = dice.choice(office.dentists)
    family = []
    for position in range(size):
        is_female = dice.random() < 0.52  # noqa: PLR2004 - a little over half
        years = dice.randint(22, 84) if position < ADULTS else dice.randint(2, 17)
        family.append(
            Person(
                number=first_number + position,
                guarantor=first_number,
                last=last,
                first=dice.choice(names.female if is_female else names.male),
                is_female=is_female,
                born_on=office.today - years * YEAR - timedelta(days=dice.randrange(365)),
                joined_on=joined_on,
                status=dice.choices(STATUSES, STATUS_WEIGHTS)[0],
                clinic=clinic,
                dentist=dentist,
                hygienist=dice.choice(office.hygienists),
                plan=policy[0],
                subscription=policy[1],
                relation=min(position, 2),
                home=home,
            )
        )
    return family
