"""Contact: telephone numbers, addresses and languages, as NexHealth writes them."""

import re

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import Field
from bitewing.dialects.nexhealth.scene import Scene

NATIONAL_DIGITS = 10
_NO_DIGIT = re.compile(r"\D+", re.ASCII)
_SEPARATOR = re.compile(r"\s*[,;]\s*")

LANGUAGES = {
    # ISO 639-2 (both of its codes where it has two), which Open Dental stores → ISO 639-1.
    "ara": "ar", "ben": "bn", "chi": "zh", "zho": "zh", "deu": "de", "ger": "de", "ell": "el",
    "gre": "el", "eng": "en", "fas": "fa", "per": "fa", "fil": "tl", "tgl": "tl", "fra": "fr",
    "fre": "fr", "guj": "gu", "hat": "ht", "heb": "he", "hin": "hi", "hun": "hu",
    "hye": "hy", "arm": "hy", "ita": "it", "jpn": "ja", "khm": "km", "kor": "ko", "lao": "lo",
    "nld": "nl", "dut": "nl", "pan": "pa", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro",
    "rus": "ru", "som": "so", "spa": "es", "swa": "sw", "tam": "ta", "tel": "te", "tha": "th",
    "tur": "tr", "ukr": "uk", "urd": "ur", "vie": "vi", "yid": "yi",
}  # fmt: skip
TWO_LETTERS = 2


def phone(name: str, *columns: str) -> Field:
    """Declare a telephone number: the digits of the first of these columns that has any."""

    def digits(row: Row, scene: Scene) -> str:
        written = (_NO_DIGIT.sub("", cells.text(row.get(column))) for column in columns)
        return next((_national(number, scene) for number in written if number), "")

    return name, digits


def email(patient: Row, _scene: Scene) -> str | None:
    """Give the first address; the column may hold several."""
    written = cells.text(patient.get("Email")).strip()
    return next((one for one in _SEPARATOR.split(written) if one), None)


def street_address(patient: Row, _scene: Scene) -> str:
    """Give both lines of the address on one."""
    lines = (cells.text(patient.get(column)).strip() for column in ("Address", "Address2"))
    return " ".join(line for line in lines if line)


def language(patient: Row, _scene: Scene) -> str | None:
    """Give the two-letter code; None where the column holds neither a code nor anything."""
    written = cells.text(patient.get("Language")).strip().lower()
    if len(written) == TWO_LETTERS and written.isascii() and written.isalpha():
        return written
    return LANGUAGES.get(written)


def _national(number: str, scene: Scene) -> str:
    code = scene.customs.calling_code
    if len(number) == len(code) + NATIONAL_DIGITS and number.startswith(code):
        return number.removeprefix(code)
    return number
