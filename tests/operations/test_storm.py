"""What was acknowledged is stored once, though a process is killed every second."""

from __future__ import annotations

import http.client
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.operations import storm

NOTHING_WRONG = {
    "lost": 0,
    "doubled": 0,
    "invented": 0,
    "gaps": 0,
    "numbers doubled": 0,
    "jobs lost": 0,
    "jobs doubled": 0,
    "audit faults": 0,
    "unaudited": 0,
}


def posts_survive(app: Flask, posts: int, *, jobs_too: bool = False) -> None:
    with storm.installation(app, "--workers", "2", "--threads", "4") as server:
        journal = storm.rage(server, posts=posts, jobs_too=jobs_too)
        storm.settle(app)
    assert storm.judge(app, journal) == NOTHING_WRONG | {"acknowledged": posts - posts // 10}


def test_acknowledged_posts_survive_a_storm_of_kills(app: Flask) -> None:
    posts_survive(app, 300)


@pytest.mark.slow
def test_two_thousand_acknowledged_posts_survive_a_storm_of_kills(app: Flask) -> None:
    posts_survive(app, 2230, jobs_too=True)


def test_slow_upload_delays_no_other_writer(app: Flask) -> None:
    """200 KB that are still on their way hold no lock: the others are answered before the upload is complete."""
    with storm.installation(app, "--threads", "8", command="serve") as server:
        quick = storm.Client(server.url)
        quick.open_form()
        uploading = _Upload(server.url, quick)
        answers = [quick.post(f"meanwhile-{number}") for number in range(20)]
        uploading.finish()

    assert answers == [303] * 20
    assert storm.judge(app, quick.journal)["lost"] == 0


def test_sleeping_command_loses_its_lock_after_five_seconds_and_is_busy(app: Flask) -> None:
    sleeper_is_stopped(app, seconds=12)


@pytest.mark.slow
def test_command_that_sleeps_half_a_minute_holds_nobody_up_for_longer_than_five_seconds(app: Flask) -> None:
    sleeper_is_stopped(app, seconds=30)


def sleeper_is_stopped(app: Flask, *, seconds: int) -> None:
    """Whoever waits for the lock of a sleeping command goes on long before it wakes up."""
    with storm.installation(app, "--threads", "8", command="serve") as server:
        quick, sleepy = storm.Client(server.url), storm.Client(server.url)
        quick.open_form()
        sleepy.open_form()
        answers: list[int] = []
        sleeper = threading.Thread(target=lambda: answers.append(_sleep(sleepy, seconds)))
        sleeper.start()
        while not _asleep(app):
            time.sleep(0.05)
        assert quick.post("after the watchdog") == 303
        still_asleep = not answers
        sleeper.join(90)

    assert still_asleep
    assert answers == [503]
    faults = storm.judge(app, quick.journal)
    assert (faults["lost"], faults["doubled"], faults["gaps"], faults["invented"]) == (0, 0, 0, 0)


def _asleep(app: Flask) -> bool:
    return (Path(app.extensions["superapp.settings"].data_dir) / "asleep").exists()


class _Upload:
    """A form with 200 KB of text that comes in drops."""

    def __init__(self, url: str, client: storm.Client) -> None:
        body = (
            f"word=uploaded&csrf_token={client.token}&idempotency_key=upload-{'k' * 20}&rest={'x' * 200_000}".encode()
        )
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._connection.putrequest("POST", storm.PATH)
        self._connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        self._connection.putheader("Cookie", client.cookie)
        self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders()
        self._connection.send(body[:100_000])
        self._rest, self._client = body[100_000:], client

    def finish(self) -> None:
        self._client.journal.append(storm.Line("uploaded", "sent"))
        self._connection.send(self._rest)
        assert self._connection.getresponse().status == 303
        self._client.journal.append(storm.Line("uploaded", "stored"))
        self._connection.close()


def _sleep(client: storm.Client, seconds: int) -> int:
    form = {"csrf_token": client.token, "idempotency_key": "sleep-" + "k" * 20, "seconds": str(seconds)}
    return client._ask("POST", form, path=f"{storm.PATH}slow", patience=60)[0]
