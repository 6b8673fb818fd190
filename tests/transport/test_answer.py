"""What a receiver's bytes say; what was read once is known again."""

import pytest

from bitewing.model.delivery import OutcomeKind
from bitewing.transport.answer import Answer

EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
ANSWERS = {
    "empty": EMPTY,
    "with a body": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "in chunks": b"HTTP/1.1 201 Yes\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "closing": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "old": b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "interim first": b"HTTP/1.1 100 Continue\r\n\r\n" + EMPTY,
    "twice": EMPTY + EMPTY,
    "refusing": b"HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
    "redirecting": b"HTTP/1.1 301 No\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    "half": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
    "long": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 600 + b"\r\nContent-Length: 0\r\n\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
}
SOUND = {"empty": 204, "with a body": 200, "in chunks": 201, "interim first": 204, "long": 200}


def said(answer: Answer, *pieces: bytes) -> tuple[object, ...]:
    """Give what an Answer says of these bytes."""
    is_over = [answer.feed(piece) for piece in pieces]
    kind = answer.failure and answer.failure.kind
    return is_over, answer.status, answer.retry_after, kind, answer.leaves_open


@pytest.mark.parametrize("name", ANSWERS)
def test_the_same_bytes_say_the_same_again(name: str) -> None:
    """On the same connection and on others; the ones between them change nothing."""
    first = said(Answer(), ANSWERS[name])
    again = said(Answer(), ANSWERS[name])
    used = Answer()
    said(used, EMPTY)
    used.expect()

    assert first == again == said(used, ANSWERS[name])
    assert first[1] == SOUND.get(name, first[1])
    assert first[4] is (name in {*SOUND, "refusing", "redirecting"})


def test_after_what_was_known_again_the_next_answer_is_read() -> None:
    """A connection reads on where it stands, whatever it has skipped."""
    said(Answer(), EMPTY)
    answer = Answer()
    found = []
    for one in (
        EMPTY,
        ANSWERS["with a body"],
        EMPTY,
        ANSWERS["refusing"],
        EMPTY,
        ANSWERS["no HTTP"],
    ):
        found.append(said(answer, one)[1:4])
        answer.expect()

    assert found[:5] == [
        (204, None, None),
        (200, None, None),
        (204, None, None),
        (429, b"7", None),
        (204, None, None),
    ]
    assert found[5] == (0, None, OutcomeKind.BROKEN)


def test_a_piece_that_was_a_whole_answer_once_is_the_beginning_of_another() -> None:
    """Only what begins an answer can be known again."""
    said(Answer(), EMPTY)
    answer = Answer()
    over, status, *_ = said(answer, b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n", EMPTY)

    assert (over, status) == ([False, True], 200)
