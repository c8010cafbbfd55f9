"""The gallery shows every message there is, in both languages, with what it costs by SMS."""

from __future__ import annotations

import pytest

from chalicelib import gallery
from chalicelib.domain.actions import REJECT_REASONS
from chalicelib.services.messages import default_templates, phrase, render
from chalicelib.services.samples import RECIPIENT, sample

IDS = default_templates().ids()


def test_every_template_is_shown_twice_with_its_version_and_length() -> None:
    page = gallery.page()
    for id in IDS:
        assert f'<h2 id="{id}">{id} v{default_templates().get(id).version} ' in page
        assert f'title="{id} id"' in page and f'title="{id} en"' in page
    assert page.count(" part</p>") == 2 * len(IDS)


@pytest.mark.parametrize("id", IDS)
def test_both_languages_are_really_two(id: str) -> None:
    said = [
        render(id, language=language, channel="mail", context=sample(id), recipient_title=RECIPIENT)
        for language in ("id", "en")
    ]
    assert said[0].subject != said[1].subject and said[0].text != said[1].text
    assert {one.language for one in said} == {"id", "en"}


@pytest.mark.parametrize("length, count", [(1, 1), (160, 1), (161, 2), (306, 2), (307, 3)])
def test_parts_of_a_long_text_hold_a_hundred_and_fifty_three(length: int, count: int) -> None:
    assert gallery.parts("a" * length) == count


@pytest.mark.parametrize("reason", REJECT_REASONS)
def test_a_reporter_reads_why_in_words_and_never_a_code(reason: str) -> None:
    words = phrase("rejected", reason)
    assert words["id"] and words["en"] and reason not in words.values()
