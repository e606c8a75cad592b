from __future__ import annotations

import pytest

from sokkuri import doctor


def test_a_sound_installation() -> None:
    report = doctor.examine()
    assert report.healthy
    assert report.versions["pillow"]
    assert "JPEG" in report.formats
    assert any(line.startswith("ok") for line in report.lines())


def test_other_bits_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_GOLDEN", {"ahash-gray-8": "0" * 16})
    report = doctor.examine()
    assert not report.healthy
    assert any("ahash-gray-8 gave other bits" in line for line in report.lines())
    assert report.as_dict()["healthy"] is False


def test_a_pillow_without_colour_management_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sokkuri.images.decode.telling_profile", lambda *_: None)
    report = doctor.examine()
    assert not report.healthy
    assert any("FAILED" in line and "colour profiles" in line for line in report.lines())
