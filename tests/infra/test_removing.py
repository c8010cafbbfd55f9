"""Functions are removed although one answer to the removal was lost on its way."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infra.deploy.perform import Executor, StepFailed, delete_what_is_left

Deleting = Callable[[Executor], None]


class Stage:
    """An account with some functions; ``there`` is what a look finds."""

    def __init__(self, *names: str) -> None:
        self.there = list(names)
        self.said: list[str] = []
        self.look_again()

    def look_again(self) -> None:
        self.facts = SimpleNamespace(functions=tuple(self.there))

    def note(self, text: str) -> None:
        self.said.append(text)


def removal(stage: Stage, gone_unheard: str, asked: list[tuple[str, ...]]) -> Deleting:
    """Deletes one after the other; the answer for *gone_unheard* is lost after its effect."""

    def delete(doing: Any) -> None:
        asked.append(doing.facts.functions)
        for name in doing.facts.functions:
            stage.there.remove(name)
            if name == gone_unheard:
                raise StepFailed("chalice delete failed:\nFunction not found: send")

    return delete


def run(stage: Stage, delete: Deleting) -> None:
    delete_what_is_left(cast(Executor, stage), delete)


def test_after_a_lost_answer_only_what_is_still_there_is_removed_again():
    stage, asked = Stage("fire", "send", "sweep"), []
    run(stage, removal(stage, "send", asked))
    assert asked == [("fire", "send", "sweep"), ("sweep",)]
    assert stage.there == []
    assert stage.said == ["Function not found: send; again, for the functions still there"]


def test_when_the_lost_answer_was_the_last_one_nothing_is_asked_again():
    stage, asked = Stage("fire", "send"), []
    run(stage, removal(stage, "send", asked))
    assert asked == [("fire", "send")]
    assert stage.said == []


def test_what_never_works_fails_after_a_few_attempts_with_its_reason():
    stage, asked = Stage("send"), []

    def refused(doing: Any) -> None:
        asked.append(doing.facts.functions)
        raise StepFailed("chalice delete failed:\nAccessDenied")

    with pytest.raises(StepFailed, match="AccessDenied"):
        run(stage, refused)
    assert len(asked) == 3
