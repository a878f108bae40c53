"""Our functions in a page: what they report becomes notes, what they throw stays short."""

from __future__ import annotations

from typing import Any, cast

import pytest
from playwright.async_api import CDPSession

from service.browser.functions import Functions, PageUnfit, drawing_notes
from service.browser.shell import SHELL_JS
from service.model import Note, NoteCode

ORIGIN = "https://0011223344556677.invalid"
NOTHING: dict[str, Any] = {"missing": [], "fonts": [], "fitted": []}


def messages(notes: tuple[Note, ...]) -> list[str]:
    return [note.message for note in notes]


def test_a_drawing_without_repairs_has_no_notes() -> None:
    assert drawing_notes(NOTHING, []) == ()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"{ORIGIN}/0123abcd/assets/logo.png", "assets/logo.png could not be loaded"),
        (f"{ORIGIN}/0123abcd/assets/logo.png?for=ada", "assets/logo.png could not be loaded"),
        ("https://cdn.example.com/a/b.png?u=ada", "cdn.example.com/a/b.png could not be loaded"),
        ("data:", "a picture given as data could not be loaded"),
        ("data:image/png;base64,QWRh", "a picture given as data could not be loaded"),
    ],
)
def test_a_missing_picture_is_named_without_host_of_ours_or_query(url: str, message: str) -> None:
    for notes in (drawing_notes(NOTHING | {"missing": [url]}, []), drawing_notes(NOTHING, [url])):
        assert notes == (Note("", NoteCode.ASSET_MISSING, message),)


def test_what_is_missing_and_was_refused_is_told_once() -> None:
    url = f"{ORIGIN}/0123abcd/assets/logo.png"
    notes = drawing_notes(NOTHING | {"missing": [url, url]}, [url, f"{url}?again"])

    assert messages(notes) == ["assets/logo.png could not be loaded"]


def test_a_font_that_was_not_ready_is_told_once() -> None:
    notes = drawing_notes(NOTHING | {"fonts": ["Inter", "Inter", "Lora"]}, [])

    assert {note.code for note in notes} == {NoteCode.FONT_MISSING}
    assert messages(notes) == ["the font Inter was not ready", "the font Lora was not ready"]


def test_fitted_text_is_told_with_its_field_and_size() -> None:
    fitted = [
        {"field": "first_name", "size": 18.5, "fits": True},
        {"field": "company", "size": 12, "fits": False},
    ]

    assert drawing_notes(NOTHING | {"fitted": fitted}, []) == (
        Note("company", NoteCode.OVERFLOW, "the text is too long even at 12 px"),
        Note("first_name", NoteCode.SHRUNK, "the text was shrunk to 18.5 px"),
    )


def test_the_same_drawing_has_its_notes_in_the_same_order() -> None:
    urls = [f"{ORIGIN}/v/assets/{name}.png" for name in "cab"]
    drawn = NOTHING | {"missing": urls, "fonts": ["B", "A"]}
    other = NOTHING | {"missing": urls[::-1], "fonts": ["A", "B"]}

    assert drawing_notes(drawn, []) == drawing_notes(other, [])


class FakeSession:
    """Answers commands as it is told and remembers them."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.sent: list[tuple[str, Any]] = []

    async def send(self, command: str, options: Any = None) -> Any:
        self.sent.append((command, options))
        return self.answers[command.partition(".")[2]]


def functions(answer: dict[str, Any]) -> tuple[Functions, FakeSession]:
    session = FakeSession(callFunctionOn=answer)
    return Functions(cast(CDPSession, session), "object 1"), session


async def test_they_are_brought_into_a_world_of_their_own() -> None:
    session = FakeSession(
        getFrameTree={"frameTree": {"frame": {"id": "frame 1"}}},
        createIsolatedWorld={"executionContextId": 7},
        evaluate={"result": {"objectId": "object 1"}},
        callFunctionOn={"result": {"value": 3}},
    )
    brought = await Functions.bring(cast(CDPSession, session))

    assert await brought.call("mark") == 3
    assert session.sent[1][1] == {"frameId": "frame 1", "worldName": "mergeshot"}
    assert session.sent[2][1] == {"expression": SHELL_JS, "contextId": 7}
    assert session.sent[3][1]["objectId"] == "object 1"


async def test_arguments_travel_as_values_never_as_code() -> None:
    brought, session = functions({"result": {}})

    assert await brought.call("draw", "</script>'\"`${1}", 2) is None
    (_, options), *_ = session.sent
    assert options["arguments"] == [{"value": "</script>'\"`${1}"}, {"value": 2}]
    assert "</script>" not in options["functionDeclaration"]


@pytest.mark.parametrize(
    ("thrown", "told"),
    [
        ({"exception": {"description": "TypeError: cannot read Ada\n at x"}}, "draw: TypeError"),
        ({"exception": {}}, "draw: threw"),
        ({}, "draw: threw"),
    ],
)
async def test_what_they_throw_is_told_by_its_kind_alone(
    thrown: dict[str, Any], told: str
) -> None:
    brought, _ = functions({"result": {}, "exceptionDetails": thrown})

    with pytest.raises(PageUnfit) as caught:
        await brought.call("draw")
    assert str(caught.value) == told
