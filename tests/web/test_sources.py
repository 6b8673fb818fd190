"""GET and POST /api/sources: health, past Events, and what a person may do."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.web.office import OTHER_CUSTOMER_KEY, Office, odfhir

MINE = "/api/sources/main-office"
REQUESTS = [
    ("GET", "/api/sources", None),
    ("GET", f"{MINE}/events", None),
    ("POST", f"{MINE}/sweep", {}),
    ("POST", f"{MINE}/accept", None),
    ("POST", f"{MINE}/rewind", {"to": "2026-01-01T00:00:00Z"}),
]


async def told(office: Office, *emails: str) -> None:
    """Read the practice, and let three patients be changed, one poll after another."""
    await office.read()
    for number, email in enumerate(emails, start=2):
        office.run("UPDATE patient SET Email = ? WHERE PatNum = ?", email, number)
        for poller in office.program.pollers:
            await poller.poll()


async def events(office: Office, **query: object) -> dict[str, Any]:
    answer = await office.client.get(f"{MINE}/events", params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
async def test_without_keys_nothing_is_told(
    office: Office, method: str, path: str, body: object
) -> None:
    """401 before anything else, in our own API's shape."""
    del office.client.headers["Authorization"]
    answer = await office.client.request(method, path, json=body)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "ODFHIR"
    assert answer.json()["error"]["code"] == "request.unauthorized"


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS[1:])
@pytest.mark.parametrize("keys", [odfhir(OTHER_CUSTOMER_KEY), odfhir()], ids=["theirs", "mine"])
async def test_another_practice_is_not_found(
    office: Office, keys: dict[str, str], method: str, path: str, body: object
) -> None:
    """One that there is answers exactly as one that there is not."""
    foreign = path if keys != odfhir() else path.replace("main-office", "nowhere")
    answer = await office.client.request(method, foreign, json=body, headers=keys)

    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "code": "request.not_found",
            "message": "The practice of these keys has no such source.",
        }
    }


async def test_a_source_shows_how_it_is_read(office: Office) -> None:
    """Starting, then green, with every table's level and delays; nobody else's."""
    before = (await office.client.get("/api/sources")).json()["sources"]
    await office.read()
    [after] = (await office.client.get("/api/sources")).json()["sources"]
    watches = {one["watch"]: one for one in after["watches"]}

    assert [(one["source"], one["light"], one["is_ready"]) for one in before] == [
        ("main-office", "starting", False)
    ]
    assert (after["light"], after["detail"], after["is_ready"]) == ("green", "", True)
    assert watches["ScheduleOp"]["level"] == "sweep only"
    assert watches["Patient"]["delay_seconds"] <= watches["Patient"]["sweep_seconds"]


async def test_ranges_include_both_ends(office: Office) -> None:
    """Dense numbers; the latest comes along."""
    await told(office, "a@b.c", "d@e.f", "g@h.i")
    found = {
        query: [one["number"] for one in (await events(office, **dict(query)))["events"]]
        for query in [
            (),
            (("since", 2),),
            (("until", 2),),
            (("since", 2), ("until", 2)),
            (("since", 2), ("until", 99)),
            (("since", 4),),
            (("limit", 2),),
            (("since", 2), ("limit", 1)),
        ]
    }

    assert list(found.values()) == [[1, 2, 3], [2, 3], [1, 2], [2], [2, 3], [], [1, 2], [2]]
    assert (await events(office, since=9))["latest"] == 3


async def test_a_past_event_has_the_bytes_that_were_delivered(office: Office) -> None:
    """Element for element."""
    await office.read()
    await office.subscribe(WatchTable="Patient", PollingSeconds=1)
    office.run("UPDATE patient SET Email = 'ä@b.c' WHERE PatNum IN (2, 3)")
    for poller in office.program.pollers:
        await poller.poll()
    await office.worker("pacer").step()
    [delivery] = await office.owed()
    answer = await office.client.get(f"{MINE}/events")
    found = answer.json()["events"]
    elements = delivery.body[1:-1]

    assert [one["event_name"] for one in found] == ["WatchTable: Patient"] * 2
    assert [one["body"] for one in found] == json.loads(delivery.body)
    for one in found:
        written = json.dumps(one["body"], ensure_ascii=False, separators=(",", ":")).encode()
        assert written in elements and written in answer.content


async def test_what_this_version_announces_by_no_event_has_no_body(office: Office) -> None:
    """Its number is there, so that numbers stay dense."""
    await office.read()
    await _sweep(office)
    [[number]] = office.rows("SELECT MIN(ScheduleNum) FROM schedule")
    office.run("DELETE FROM schedule WHERE ScheduleNum = ?", number)
    await _sweep(office)
    found = [one for one in (await events(office))["events"] if one["watch"] == "Schedule"]

    assert [(one["kind"], one["record"]) for one in found] == [("deleted", number)]
    assert [(one["event_name"], one["body"]) for one in found] == [(None, None)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("since=0", 422),
        ("since=-1", 422),
        ("since=x", 422),
        ("since=9223372036854775808", 422),
        ("until=0", 422),
        ("limit=0", 422),
        ("limit=1001", 422),
        ("since=3&until=2", 400),
    ],
)
async def test_numbers_that_make_no_sense_are_refused(
    office: Office, query: str, status: int
) -> None:
    """With a code and a sentence."""
    answer = await office.client.get(f"{MINE}/events?{query}")

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == "request.invalid"
    assert answer.json()["error"]["message"]


async def _sweep(office: Office, body: object = None) -> dict[str, Any]:
    answer = await office.client.post(f"{MINE}/sweep", json=body if body is not None else {})
    assert answer.status_code == 202, answer.text
    poller = office.program.pollers[0]
    await poller.poll()
    for _ in range(40):
        await poller.sweep()
    said: dict[str, Any] = answer.json()
    return said


async def test_a_sweep_finds_what_no_poll_sees(office: Office) -> None:
    """202 at once; the poller does it."""
    await office.read()
    await _sweep(office)
    office.run("DELETE FROM toothinitial WHERE rowid = 1")
    said = await _sweep(office)
    kinds = [one["kind"] for one in (await events(office))["events"]]

    assert said == {"source": "main-office", "sweep": "requested"}
    assert kinds == ["deleted"]


async def test_a_sweep_needs_no_body(office: Office) -> None:
    """A plain POST will do."""
    assert (await office.client.post(f"{MINE}/sweep")).status_code == 202


async def test_deletions_are_accepted_when_it_is_said(office: Office) -> None:
    """An emptied table is held until then."""
    await office.read()
    await _sweep(office)
    [[rows]] = office.rows("SELECT COUNT(*) FROM patfield")
    office.run("DELETE FROM patfield")
    await _sweep(office)
    held = (await events(office))["latest"]
    await _sweep(office, {"accept_deletions": True})

    assert rows > 2
    assert (held, (await events(office))["latest"]) == (0, rows)


async def test_a_source_can_be_rewound(office: Office) -> None:
    """It says which Watches look back, and what is known is not told again."""
    await told(office, "a@b.c")
    answer = await office.client.post(f"{MINE}/rewind", json={"to": "2020-01-01T00:00:00-07:00"})
    for poller in office.program.pollers:
        await poller.poll()

    assert answer.status_code == 202
    assert {"Patient", "Appointment"} <= set(answer.json()["rewound"])
    assert (await events(office))["latest"] == 1


@pytest.mark.parametrize(
    ("path", "body", "status", "place"),
    [
        ("rewind", {}, 422, "to: "),
        ("rewind", None, 422, "body: "),
        ("rewind", {"to": "2026-01-01T00:00:00"}, 422, "to: "),
        ("rewind", {"to": "yesterday"}, 422, "to: "),
        ("rewind", {"to": "2026-01-01T00:00:00Z", "from": 1}, 422, "from: "),
        ("rewind", {"to": "0001-01-01T00:00:00+14:00"}, 400, "1970"),
        ("sweep", {"accept_deletions": "perhaps"}, 422, "accept_deletions: "),
        ("sweep", {"accept": True}, 422, "accept: "),
        ("sweep", [], 422, "body: "),
    ],
)
async def test_a_request_that_is_wrong_is_told_where(
    office: Office, path: str, body: object, status: int, place: str
) -> None:
    """In one shape."""
    answer = await office.client.post(f"{MINE}/{path}", json=body)
    problem = answer.json()["error"]

    assert answer.status_code == status
    assert problem["code"] == "request.invalid"
    assert place in problem["message"]


async def test_accepting_is_answered(office: Office) -> None:
    """202; the next poll believes what it finds."""
    answer = await office.client.post(f"{MINE}/accept")

    assert (answer.status_code, answer.json()) == (202, {"source": "main-office", "accepted": True})


VALUES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20)
fuzzing = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(query=st.dictionaries(st.sampled_from(["since", "until", "limit", "x"]), VALUES.map(str)))
@fuzzing
async def test_no_query_breaks_us(office: Office, query: dict[str, str]) -> None:
    """Events, or 400 and 422 with a code and a sentence."""
    answer = await office.client.get(f"{MINE}/events", params=query)

    assert answer.status_code in {200, 400, 422}
    assert set(answer.json()) in ({"source", "latest", "events"}, {"error"})


@given(
    deed=st.sampled_from(["sweep", "accept", "rewind"]),
    body=st.dictionaries(
        st.sampled_from(["to", "accept_deletions", "x"]),
        VALUES | st.datetimes(timezones=st.timezones() | st.none()).map(str) | st.floats(),
    )
    | st.binary(max_size=20),
)
@fuzzing
async def test_no_body_breaks_us(office: Office, deed: str, body: dict[str, Any] | bytes) -> None:
    """202, or 400 and 422 with a code and a sentence; and the poller lives on."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await office.client.post(
        f"{MINE}/{deed}", content=content, headers={"Content-Type": "application/json"}
    )
    await office.program.pollers[0].poll()

    assert answer.status_code in {202, 400, 422}
    assert office.program.pollers[0].health.light == "green"


async def test_events_that_are_no_longer_kept_are_gone(office: Office) -> None:
    """410 with the number from which on there are some, never an empty answer."""
    await told(office, "a@example.com", "b@example.com", "c@example.com")
    await office.program.store.write(lambda tx: tx.changes.forget("main-office", 1))
    gone = await office.client.get(f"{MINE}/events", params={"since": "1"})
    kept = await events(office, since=2)

    assert gone.status_code == 410
    assert gone.json()["error"]["code"] == "request.forgotten"
    assert "since=2" in gone.json()["error"]["message"]
    assert kept["events"][0]["number"] == 2
