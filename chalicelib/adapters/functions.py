"""Functions that one function asks and waits for: the one that may read who reported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.domain.actions import ActionRefused
from chalicelib.services.acting import NotFound
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.ports import TryAgain
from chalicelib.services.revealing import Question

Json = dict[str, Any]


class RevealFunction:
    """`AskContact` by way of the function ``reveal``; what it refuses is refused here alike."""

    def __call__(self, question: Question) -> Mapping[str, str]:
        """See `AskContact`."""
        answer = _ask(
            config.resource("reveal"),
            {
                "number": question.number,
                "token": question.token,
                "purpose": question.purpose,
                "reason": question.reason,
                "session": question.session,
            },
        )
        if "contact" in answer:
            contact: Mapping[str, str] = answer["contact"]
            return contact
        refusal = answer["refused"]
        if refusal["code"] == "not_found":
            raise NotFound(question.number)
        if refusal["code"] == "invalid_token":
            raise TokenInvalid("refused by the function that checks it")
        raise ActionRefused(refusal["kind"], refusal["code"], **refusal["facts"])


class MediaFunction:
    """`Media` by way of the function ``media``: it is asked as its queue would ask it."""

    def examine(self, number: str, photo: str) -> None:
        """See `Media.examine`."""
        self._do("examine", number, photo)

    def publish(self, number: str, photo: str) -> None:
        """See `Media.publish`."""
        self._do("publish", number, photo)

    @staticmethod
    def _do(task: str, number: str, photo: str) -> None:
        body = json.dumps({"task": task, "number": number, "photo": photo})
        record = {"messageId": "asked", "receiptHandle": "", "body": body}
        answer = _ask(config.resource("media"), {"Records": [record]})
        if answer.get("batchItemFailures"):
            raise TryAgain(f"media: {task}")


def _ask(function: str, payload: Mapping[str, Any]) -> Json:
    """Call *function* and wait for its answer; whatever goes wrong there may be tried again."""
    body = json.dumps(payload).encode()
    try:
        answer = aws.client("lambda").invoke(FunctionName=function, Payload=body)
    except (ClientError, BotoCoreError) as error:
        raise TryAgain(f"{function}: {type(error).__name__}") from error
    if answer.get("FunctionError"):
        raise TryAgain(f"{function}: {answer['FunctionError']}")
    found: Json = json.loads(answer["Payload"].read())
    return found
