"""What of Lighthouse's report is told, and what is said where there is none."""

import math

import pytest

import lighthouse
import measures

TOLD = {
    "categories": {
        "performance": {"score": 0.893, "auditRefs": [{"id": "speed", "weight": 10}]},
        "seo": {
            "score": 0.5,
            "auditRefs": [
                {"id": "named", "weight": 1},
                {"id": "described", "weight": 1},
                {"id": "told", "weight": 0},
                {"id": "absent", "weight": 1},
            ],
        },
    },
    "audits": {
        "speed": {"score": 0.2, "title": "Slow"},
        "named": {"score": 1, "title": "Has a title"},
        "described": {"score": 0, "title": "Has no description"},
        "told": {"score": 0, "title": "Only told"},
        "absent": {"score": None, "title": "Does not apply"},
        "largest-contentful-paint": {"numericValue": 2345.6},
        "total-blocking-time": {"numericValue": 200},
    },
}


def test_a_report_is_points_times_and_what_is_blamed():
    found = lighthouse.report(TOLD)
    assert found.points == {"performance": 89, "seo": 50}
    assert found.largest == pytest.approx(2.3456)
    assert found.blocked == pytest.approx(0.2)
    assert math.isnan(found.shift)
    assert found.blamed == ["described: Has no description"]


def test_without_a_chromium_it_says_what_it_looked_for(monkeypatch):
    monkeypatch.setattr(lighthouse, "find_chromium", lambda: None)
    with pytest.raises(FileNotFoundError, match=r"none was found .*google-chrome"):
        lighthouse.judge("http://127.0.0.1:1/")


def test_measures_of_a_page_that_is_not_there_name_it(monkeypatch):
    monkeypatch.setattr("sys.argv", ["measures.py", "gates/lstn"])
    assert "no page gates/lstn" in measures.main()
