"""What patients come for: procedure codes, and visits made up of them."""

from dataclasses import dataclass

TOOTH_AREA = 2
MOUTH_AREA = 3


@dataclass(frozen=True, slots=True)
class Code:
    """A procedure code: its CodeNum, the CDT code, our words for it and its fee in dollars."""

    number: int
    code: str
    name: str
    short: str
    fee: int
    area: int = MOUTH_AREA
    is_hygiene: bool = False


EXAM = Code(1, "D0120", "periodic exam", "Ex", 52)
LIMITED_EXAM = Code(2, "D0140", "problem focused exam", "LimEx", 74)
FULL_EXAM = Code(3, "D0150", "comprehensive exam", "CompEx", 89)
FULL_SERIES = Code(4, "D0210", "full series of x-rays", "FMX", 138)
PERIAPICAL = Code(5, "D0220", "periapical x-ray", "PA", 31, TOOTH_AREA)
BITEWINGS = Code(6, "D0274", "four bitewings", "4BW", 68)
PANORAMIC = Code(7, "D0330", "panoramic x-ray", "Pano", 112)
ADULT_CLEANING = Code(8, "D1110", "adult cleaning", "Pro", 94, is_hygiene=True)
CHILD_CLEANING = Code(9, "D1120", "child cleaning", "ChPro", 69, is_hygiene=True)
FLUORIDE = Code(10, "D1206", "fluoride varnish", "Flo", 44, is_hygiene=True)
SEALANT = Code(11, "D1351", "sealant", "Seal", 55, TOOTH_AREA, is_hygiene=True)
AMALGAM = Code(12, "D2150", "amalgam, two surfaces", "A2", 176, TOOTH_AREA)
FRONT_FILLING = Code(13, "D2330", "front composite, one surface", "CompA1", 154, TOOTH_AREA)
FILLING = Code(14, "D2391", "back composite, one surface", "CompP1", 171, TOOTH_AREA)
LARGE_FILLING = Code(15, "D2392", "back composite, two surfaces", "CompP2", 218, TOOTH_AREA)
CROWN = Code(16, "D2740", "ceramic crown", "Crn", 1180, TOOTH_AREA)
BUILDUP = Code(17, "D2950", "core buildup", "BU", 264, TOOTH_AREA)
ROOT_CANAL = Code(18, "D3330", "molar root canal", "RCT", 1090, TOOTH_AREA)
SCALING = Code(19, "D4341", "scaling and root planing", "SRP", 248, is_hygiene=True)
MAINTENANCE = Code(20, "D4910", "periodontal maintenance", "PerioM", 142, is_hygiene=True)
EXTRACTION = Code(21, "D7140", "extraction", "Ext", 192, TOOTH_AREA)
MISSED = Code(22, "D9986", "missed visit", "Missed", 0)
CANCELLED = Code(23, "D9987", "cancelled visit", "Canc", 0)

CODES = (
    EXAM, LIMITED_EXAM, FULL_EXAM, FULL_SERIES, PERIAPICAL, BITEWINGS, PANORAMIC,
    ADULT_CLEANING, CHILD_CLEANING, FLUORIDE, SEALANT, AMALGAM, FRONT_FILLING, FILLING,
    LARGE_FILLING, CROWN, BUILDUP, ROOT_CANAL, SCALING, MAINTENANCE, EXTRACTION, MISSED, CANCELLED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VisitKind:
    """A kind of visit; ``number`` is its AppointmentTypeNum."""

    number: int
    name: str
    codes: tuple[Code, ...]
    minutes: int
    weight: int

    @property
    def is_hygiene(self) -> bool:
        """Whether it belongs in a hygiene room."""
        return any(code.is_hygiene for code in self.codes)

    @property
    def pattern(self) -> str:
        """Give the time bar: five minutes a letter, X the provider's, / the assistant's."""
        units = self.minutes // 5
        edge = 1 if units < 8 else 2  # noqa: PLR2004 - short visits need little preparation
        return "/" * edge + "X" * (units - 2 * edge) + "/" * edge

    @property
    def description(self) -> str:
        """Give the list of procedures as appointments show it."""
        return ", ".join(code.short for code in self.codes)


NEW_PATIENT = VisitKind(1, "New Patient", (FULL_EXAM, FULL_SERIES, ADULT_CLEANING), 90, 0)
CHILD_RECALL = VisitKind(2, "Child Recall", (EXAM, CHILD_CLEANING, FLUORIDE), 40, 0)
RECALL = VisitKind(3, "Recall", (EXAM, ADULT_CLEANING), 50, 6)
RECALL_XRAYS = VisitKind(4, "Recall with X-rays", (EXAM, BITEWINGS, ADULT_CLEANING), 60, 5)
PERIO = VisitKind(5, "Perio Maintenance", (MAINTENANCE,), 60, 2)
DEEP_CLEANING = VisitKind(6, "Deep Cleaning", (SCALING, SCALING), 90, 1)
FILLINGS = VisitKind(7, "Fillings", (FILLING, LARGE_FILLING), 60, 5)
ONE_FILLING = VisitKind(8, "Filling", (FRONT_FILLING,), 40, 4)
CROWN_PREP = VisitKind(9, "Crown", (BUILDUP, CROWN), 80, 3)
ENDO = VisitKind(10, "Root Canal", (PERIAPICAL, ROOT_CANAL), 90, 1)
PULL = VisitKind(11, "Extraction", (EXTRACTION,), 40, 2)
EMERGENCY = VisitKind(12, "Emergency", (LIMITED_EXAM, PERIAPICAL), 30, 3)

VISIT_KINDS = (
    NEW_PATIENT, CHILD_RECALL, RECALL, RECALL_XRAYS, PERIO, DEEP_CLEANING,
    FILLINGS, ONE_FILLING, CROWN_PREP, ENDO, PULL, EMERGENCY,
)  # fmt: skip
HYGIENE_KINDS = tuple(kind for kind in VISIT_KINDS if kind.is_hygiene and kind.weight)
TREATMENT_KINDS = tuple(kind for kind in VISIT_KINDS if not kind.is_hygiene)
