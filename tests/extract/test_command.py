"""`veille extract`."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.extract.furniture import plain
from pipeline.newsroom import Newsroom
from tests.extract.making import PARAGRAPHS, html

PAGES = Path(__file__).parent / "pages"
GOOD = str(PAGES / "json_ld.html")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEILLE_HOME", str(tmp_path))


def test_one_page_is_a_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", GOOD]) == 0
    out = capsys.readouterr().out
    story = json.loads(out)
    assert out.startswith("{\n")
    assert story["title"] == "La Corée du Nord a livré des munitions à la Russie, selon Washington"
    assert story["publisher"]["name"] == "Le Quotidien"
    assert story["clocks"]["published_at"] == "2024-03-12T13:05:00Z"
    assert story["url"].startswith("https://www.lequotidien.example/international/article/"), (
        "the page says where it was"
    )


def test_several_pages_are_json_lines_and_a_bad_one_stops_no_other(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "empty.html").write_text("")
    (tmp_path / "stub.html").write_text(html(body="<article><p>Deux mots.</p></article>"))
    names = [GOOD, "missing.html", str(tmp_path / "empty.html"), str(tmp_path / "stub.html"), str(PAGES / "spip.html")]
    assert main(["extract", *names]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["authors"] for line in out.splitlines()] == [["Jeanne Martin"], ["Aminata Koné"]]
    assert err.splitlines() == [
        "veille: missing.html: InputInvalid: No such file or directory",
        f"veille: {tmp_path}/empty.html: InputInvalid: no HTML in it",
        f"veille: {tmp_path}/stub.html: no story: too-short (10 characters)",
    ]


def test_a_url_can_be_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(html())
    assert main(["extract", str(tmp_path / "page.html"), "--url", "https://www.lemonde.fr/international/a_1.html"]) == 0
    story = json.loads(capsys.readouterr().out)
    assert (story["publisher"]["name"], story["canonical_url"]) == (
        "Le Monde",
        "https://lemonde.fr/international/a_1.html",
    )


def test_a_page_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(html().encode())))
    assert main(["extract", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "\n".join(PARAGRAPHS)


def test_a_page_from_the_web(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with Newsroom() as newsroom:
        monkeypatch.setenv("VEILLE_ALLOW_PRIVATE_HOSTS", newsroom.allow_hosts)
        monkeypatch.setenv("VEILLE_HOST_DELAY", "0")
        shown = next(one for one in newsroom.published if one.article.outcome == "indexed")
        assert main(["extract", shown.url]) == 0
        assert json.loads(capsys.readouterr().out)["title"] == plain(shown.article.versions[0].title)
        assert main(["extract", newsroom.url("cadran") + "rien"]) == 1
        assert "Gone" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [[], ["--url"], ["x.html", "--nothing"]])
def test_a_wrong_call(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as called:
        main(["extract", *wrong])
    assert called.value.code == 2
