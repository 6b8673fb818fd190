"""The office's door: keys, paths, bodies, and a database that is away."""

import pytest
from tests.practice.serving.asking import CUSTOMER_KEY, DEVELOPER_KEY, KEYS, Client

from bitewing.practice.serving.call import Call


@pytest.mark.parametrize(
    "keys",
    ["", "Bearer x", f"ODFHIR {DEVELOPER_KEY}/wrong", f"ODFHIR wrong/{CUSTOMER_KEY}", "ODFHIR"],
)
def test_only_who_holds_both_keys_is_let_in(client: Client, keys: str) -> None:
    """401, and no key is repeated."""
    answer = client.ask("GET", "operatories", keys=keys)

    assert answer.status == 401
    assert CUSTOMER_KEY not in answer.content


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "recalls", 404, "'recalls' is not a valid resource."),
        ("DELETE", "appointments/3", 400, "appointments DELETE 3 is not a valid method."),
        ("GET", "patients/search", 400, "patients GET search is not a valid method."),
        ("GET", "appointments/99999", 404, "Appointment not found"),
        ("GET", "appointments/3/Break", 400, "appointments GET 3/Break is not a valid method."),
    ],
)
def test_wrong_paths_are_told_apart(
    client: Client, method: str, path: str, status: int, text: str
) -> None:
    """No such resource, no such method, no such row."""
    answer = client.ask(method, path)

    assert (answer.status, answer.content) == (status, text)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"{}"),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"\xff"),
    ],
)
def test_a_body_must_be_a_json_object(client: Client, kind: str, body: bytes) -> None:
    """400 otherwise."""
    call = Call("POST", "patients", "", {}, KEYS, kind, body)

    assert client.office.answer(call).status == 400


def test_a_comma_behind_the_last_field_is_forgiven(client: Client) -> None:
    """One example of the manual has it."""
    number = client.booked()
    call = Call(
        *("PUT", f"appointments/{number}", "", {}, KEYS, "application/json"), b'{"Note": "x",}'
    )

    assert client.office.answer(call).status == 200


def test_a_database_that_is_away_is_a_400(client: Client) -> None:
    """As the manual has it for an office that cannot be reached."""
    client.office.url = "mysql://root@127.0.0.1:1/x"

    answer = client.ask("GET", "operatories")

    assert (answer.status, answer.content) == (400, "Could not connect to the database.")
