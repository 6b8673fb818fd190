"""Pools of invented names and places, drawn once from Faker and dealt out quickly."""

from dataclasses import dataclass
from random import Random

from faker import Faker


@dataclass(frozen=True, slots=True)
class Place:
    """A town with the parts of a telephone number and address that belong to it."""

    city: str
    state: str
    zip: str
    area_code: str


@dataclass(frozen=True, slots=True)
class Names:
    """What people, streets, towns and companies are called here."""

    last: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[Place, ...]
    employers: tuple[str, ...]


def draw(seed: int) -> Names:
    """Give the pools that belong to this seed."""
    faker = Faker("en_US")
    faker.seed_instance(seed)

    def pool(make: str, size: int) -> tuple[str, ...]:
        return tuple(str(getattr(faker, make)()) for _ in range(size))

    places = tuple(
        Place(faker.city(), faker.state_abbr(), faker.zipcode(), str(faker.random_int(201, 989)))
        for _ in range(25)
    )
    return Names(
        last=pool("last_name", 600),
        female=pool("first_name_female", 300),
        male=pool("first_name_male", 300),
        streets=pool("street_name", 250),
        places=places,
        employers=pool("company", 60),
    )


def phone(dice: Random, area_code: str) -> str:
    """Give a number that is kept free for fiction (555-0100 to 555-0199)."""
    return f"({area_code})555-01{dice.randrange(100):02}"
