"""Every mail, SMS and push that was sent, for `GET /_local/messages`.

The emulator's inboxes live in memory and know real time only. What appears in them is written to
a journal with the system's time and so survives a restart.
"""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from chalicelib.adapters.clock import Clock

POLL_SECONDS = 0.5
#: A message attribute by which the sender can say when, in the system's time, an SMS left.
TIME_ATTRIBUTE = "SystemTime"

Json = dict[str, Any]


class Messages:
    """Reads the inboxes, keeps the journal, answers with everything sent, newest last."""

    def __init__(self, endpoint: str, journal: Path, clock: Clock) -> None:
        self._endpoint = endpoint
        self._journal = journal
        self._clock = clock
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._lock = threading.Lock()
        self._entries: list[Json] = self._load()
        self._seen = {entry["id"] for entry in self._entries}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="messages", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.refresh()

    def all(self) -> list[Json]:
        self.refresh()
        with self._lock:
            return [
                {key: entry[key] for key in ("channel", "to", "subject", "text", "at")}
                for entry in sorted(self._entries, key=lambda entry: entry["at"])
            ]

    def record(self, channel: str, to: str, subject: str, text: str, identifier: str) -> None:
        """Note a message that no inbox of the emulator shows, such as a push."""
        at = self._clock.now().isoformat()
        self._add([_entry(identifier, channel, to, subject, text, at)])

    def refresh(self) -> None:
        """Take over what has arrived since the last look."""
        # Unreachable means stopped or restarting: then the journal is what is known.
        with contextlib.suppress(OSError):
            self._take_texts()
            self._take_mails()

    def _take_mails(self) -> None:
        inboxes = self._fetch("/_ministack/ses/messages")["messages"].values()
        self._add([entry for inbox in inboxes for mail in inbox for entry in self._mail(mail)])

    def _take_texts(self) -> None:
        inboxes = self._fetch("/_ministack/sns/sms-messages")["sms_messages"].values()
        self._add([self._sms(sms) for inbox in inboxes for sms in inbox])

    def _mail(self, mail: Json) -> list[Json]:
        sent = datetime.fromtimestamp(mail["Timestamp"], UTC)
        at = self._clock.from_real(sent).isoformat()
        text = mail["BodyText"] or mail["BodyHtml"] or ""
        return [
            _entry(
                f"{mail['MessageId']} {address}",
                "mail",
                parseaddr(address)[1] or address,
                " ".join(mail["Subject"].split()),
                text,
                at,
            )
            for address in [*mail["To"], *mail["CC"], *mail["BCC"]]
        ]

    def _sms(self, sms: Json) -> Json:
        said = (sms.get("MessageAttributes") or {}).get(TIME_ATTRIBUTE) or {}
        named = said.get("Value") or said.get("StringValue")
        moment = datetime.fromisoformat(named) if named else self._clock.now()
        at = moment.astimezone(UTC).isoformat()
        return _entry(
            sms["MessageId"],
            "sms",
            sms["PhoneNumber"],
            sms.get("Subject") or "",
            sms["Message"],
            at,
        )

    def _add(self, entries: list[Json]) -> None:
        with self._lock:
            fresh = [entry for entry in entries if entry["id"] not in self._seen]
            if not fresh:
                return
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in fresh)
            self._entries += fresh
            self._seen |= {entry["id"] for entry in fresh}

    def _load(self) -> list[Json]:
        """The journal; a last line that a crash cut off is left out."""
        entries: list[Json] = []
        if self._journal.exists():
            for line in self._journal.read_text("utf-8").splitlines():
                try:
                    entries.append(json.loads(line))
                except ValueError:
                    continue
        return entries

    def _fetch(self, path: str) -> Json:
        with self._opener.open(self._endpoint + path, timeout=10) as response:
            answer: Json = json.load(response)
        return answer

    def _loop(self) -> None:
        # A mail carries its moment, an SMS does not: it gets the moment at which it is seen.
        while not self._stop.wait(POLL_SECONDS):
            with contextlib.suppress(OSError):
                self._take_texts()


def _entry(identifier: str, channel: str, to: str, subject: str, text: str, at: str) -> Json:
    return {
        "id": identifier,
        "channel": channel,
        "to": to,
        "subject": subject,
        "text": text,
        "at": at,
    }
