"""A session that opens an edited text under the same path: reports are those of the text as it stands."""

from __future__ import annotations

from hwdsl.api import Session


def reports(session: Session) -> list[tuple[str, str]]:
    return [(d.code, d.message.split("`")[1]) for d in session.diagnostics.items]


def test_a_second_mistake_at_the_same_place_is_reported() -> None:
    session = Session(cache_dir=None)
    session.open_text("tray T { power = wat; }\ndesign = T;", "t.hw")
    assert reports(session) == [("HW1001", "wat")]
    session.open_text("tray T { power = why; }\ndesign = T;", "t.hw")
    assert reports(session) == [("HW1001", "why")]
    assert "why" in session.report()


def test_a_mistake_comes_back_with_its_text() -> None:
    session = Session(cache_dir=None)
    wrong, right = "tray T { power = wat; }\ndesign = T;", "tray T { power = 1 W; }\ndesign = T;"
    for text, expected in ((wrong, 1), (right, 0), (wrong, 1), (wrong, 1)):
        design = session.open_text(text, "t.hw")
        assert len(session.diagnostics.items) == expected
        assert session.diagnostics.has_errors == bool(expected)
        assert (design is None) <= bool(expected)


def test_reports_of_other_texts_stay() -> None:
    session = Session(cache_dir=None)
    session.open_text("tray A { power = wat; }\ndesign = A;", "a.hw")
    session.open_text("tray B { power = why; }\ndesign = B;", "b.hw")
    session.open_text("tray B { power = 1 W; }\ndesign = B;", "b.hw")
    assert reports(session) == [("HW1001", "wat")]
