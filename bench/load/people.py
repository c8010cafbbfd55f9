"""Who uses the city during the load: citizens, readers, operators and officers, as locust users.

A request that the stopped runner could not take is sent again with the same Idempotency-Key once
it answers, as the app and the page do; it is counted apart and is no error.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from locust import HttpUser, between, constant_pacing, task

from bench.load.standing import Standing

#: Of a hundred reports this many are emergencies; of the others the room verifies this many.
EMERGENCIES, VERIFIED = 2, 15
EMERGENCY = "DRT-01"
#: What citizens report, roughly in proportion; all of one tier, verified first.
USUAL = ("INF-01", "INF-01", "INF-04", "INF-07", "LIN-01", "LIN-01", "LIN-02", "TRB-03")
#: Citizens at once, and of their steps one in two files.
CITIZENS, READERS = 26, 6


@dataclass
class Town:
    """What all users share: the city, its areas and categories, and what has been filed."""

    standing: Standing
    wanted: int
    kelurahan: tuple[str, ...]
    categories: tuple[str, ...]
    login: Callable[[str], str]
    #: Seconds that a citizen lets pass between two steps, so that all are filed in time.
    pause: float
    tokens: dict[str, str] = field(default_factory=dict)
    again: int = 0
    asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take_turn(self) -> bool:
        """Whether one more report is wanted; the turn is then the caller's."""
        with self._lock:
            if self.asked >= self.wanted:
                return False
            self.asked += 1
            return True


def pause_for(reports: int, minutes: float) -> float:
    """Return the pause with which CITIZENS file *reports* in *minutes*; waiting for answers too."""
    return max(0.2, minutes * 60 * CITIZENS / (2 * reports) * 0.85)


class Person(HttpUser):
    """Anybody: knows the town, and asks again when the city was down."""

    abstract = True
    town: Town

    def ask(self, method: str, path: str, name: str, **given: Any) -> Any:
        """Return the answer; a refused connection while the city is down is asked again."""
        standing = self.town.standing
        while True:
            begun = standing.starts
            with self.client.request(
                method, path, name=name, catch_response=True, timeout=60, **given
            ) as answer:
                if answer.status_code == 304:
                    answer.success()
                interrupted = standing.down.is_set() or standing.starts != begun
                # What a stopping city cannot finish, it asks to be told again (503, RFC 9110).
                if answer.status_code not in (0, 503) or not interrupted:
                    return answer
                answer.success()
                self.town.again += 1
            while standing.down.is_set():
                time.sleep(0.5)


class Citizen(Person):
    """Files a report as the page does, looks after it, and now and then says something."""

    fixed_count = CITIZENS

    def wait_time(self) -> float:
        """Return seconds; people are uneven, on average it comes out right."""
        return random.uniform(0.5, 1.5) * self.town.pause

    @task
    def report(self) -> None:
        if not self.town.take_turn():
            self.look_after()
            return
        self.ask("GET", "/", "GET /")
        self.ask("GET", "/v1/categories", "GET /v1/categories")
        emergency = random.randrange(100) < EMERGENCIES
        body: dict[str, Any] = {"category": EMERGENCY}
        if not emergency:
            body = {
                "category": random.choice(self.town.categories),
                "description": f"Uji beban {secrets.token_hex(4)}: mohon ditangani",
                "location": {"kelurahan": random.choice(self.town.kelurahan)},
                "reporter": {"email": f"warga-{secrets.token_hex(4)}@example.org"},
            }
        filed = self.ask(
            "POST",
            "/v1/reports",
            "POST /v1/reports",
            json=body,
            headers={"Idempotency-Key": secrets.token_hex(16)},
        )
        if filed.status_code == 201:
            answer = filed.json()
            self.town.tokens[answer["number"]] = answer["token"]

    def look_after(self) -> None:
        """Open the tracking page of a report, as after the link in a message."""
        if not self.town.tokens:
            return
        number = random.choice(list(self.town.tokens))
        self.ask("GET", f"/laporan/{number}", "GET /laporan/{number}")
        token = self.town.tokens[number]
        self.ask(
            "GET",
            f"/v1/reports/{number}",
            "GET /v1/reports/{number}",
            headers={"Authorization": f"Bearer {token}"},
        )

    @task
    def follow_up(self) -> None:
        self.look_after()


class Reader(Person):
    """Reads what became of the city's reports."""

    fixed_count = READERS
    wait_time = between(3, 9)

    @task(3)
    def listed(self) -> None:
        self.ask("GET", "/v1/reports?limit=20", "GET /v1/reports")

    @task(2)
    def figures(self) -> None:
        self.ask("GET", "/v1/statistics", "GET /v1/statistics")

    @task(1)
    def page(self) -> None:
        self.ask("GET", "/angka", "GET /angka")

    @task(1)
    def rules(self) -> None:
        self.ask("GET", "/sop", "GET /sop")


class Staff(Person):
    """Somebody signed in, whose token is renewed when it has expired."""

    abstract = True
    user = ""
    _token = ""

    def on_start(self) -> None:
        self._token = self.town.login(self.user)

    def ask_signed(self, method: str, path: str, name: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} | given.pop("headers", {})
        return self.ask(method, path, name, headers=headers, **given)


class Operator(Staff):
    """Polls the queue with its ETag, and verifies a share of what came in."""

    fixed_count = 1
    user = "operator"
    wait_time = constant_pacing(5)
    _tag = ""

    def on_start(self) -> None:
        super().on_start()
        self._seen: set[str] = set()

    @task
    def queue(self) -> None:
        tagged = {"If-None-Match": self._tag} if self._tag else {}
        found = self.ask_signed("GET", "/v1/queue?limit=50", "GET /v1/queue", headers=tagged)
        if found.status_code != 200:
            return
        self._tag = found.headers.get("ETag", "")
        for number in [n for n in list(self.town.tokens)[-60:] if n not in self._seen]:
            self._seen.add(number)
            if random.randrange(100) < VERIFIED:
                self._verify(number)

    def _verify(self, number: str) -> None:
        with self.client.post(
            f"/v1/reports/{number}/verify",
            name="POST /v1/reports/{number}/verify",
            json={},
            headers={"Authorization": f"Bearer {self._token}"},
            catch_response=True,
        ) as answer:
            # An emergency needs no verification: being refused is the right answer then.
            if answer.status_code == 409 or self.town.standing.down.is_set():
                answer.success()


class Officer(Staff):
    """Looks at the work list and takes on what is new."""

    fixed_count = 1
    user = "petugas.pupr"
    wait_time = constant_pacing(8)

    @task
    def work(self) -> None:
        found = self.ask_signed("GET", "/v1/queue?limit=20&status=assigned", "GET /v1/queue (OPD)")
        if found.status_code != 200:
            return
        for row in found.json()["items"][:3]:
            self.ask_signed(
                "POST",
                f"/v1/reports/{row['number']}/acknowledge",
                "POST /v1/reports/{number}/acknowledge",
                json={},
                headers={"Idempotency-Key": secrets.token_hex(16)},
            )


USERS = CITIZENS + READERS + 2
EVERYBODY: tuple[type[Person], ...] = (Citizen, Reader, Operator, Officer)
