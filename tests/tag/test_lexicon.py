"""The gazetteers: broad enough, well-formed, and refused with file and line when they are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from babel import Locale

from pipeline.errors import LexiconInvalid
from pipeline.tag import inflect, lexicon, listing
from pipeline.tag.folding import fold, plain, sentences
from pipeline.tag.gate import mentions
from pipeline.tag.tables import rows

DOCS = Path(__file__).parents[2] / "docs"


def forms(name: str, columns: int, *which: int) -> set[str]:
    return {
        value
        for _, cells in rows(lexicon.FOLDER / name, columns)
        for column in which
        for value in cells[column].split("|")
        if value != "-"
    }


def test_there_are_materiel_terms_and_firms_enough() -> None:
    assert len(forms("materiel.tsv", 4, 3)) >= 400
    assert len(forms("firms.tsv", 2, 1)) >= 200
    assert {c for _, cells in rows(lexicon.FOLDER / "materiel.tsv", 4) for c in cells[0].split("+")} == set(
        lexicon.CATEGORIES
    )


# Names that are also everyday words or first names: Grenade, Maurice, Dominique; PS has no common name as a state.
LEFT_OUT = {"GD", "MU", "DM", "PS"}


def test_states_carry_their_cldr_name() -> None:
    cldr = Locale("fr").territories
    for _, (code, names, *_rest) in rows(lexicon.FOLDER / "states.tsv", 5):
        if code not in LEFT_OUT:
            known = {fold(name) for name in names.split("|")}
            assert fold(cldr[code]).replace("’", "'") in known, code


def test_all_members_of_the_united_nations_are_there() -> None:
    codes = {cells[0] for _, cells in rows(lexicon.FOLDER / "states.tsv", 5)}
    assert len(codes) >= 195


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("materiel.tsv", "plasma\thard\t-\tcanon à plasma", "category `plasma`"),
        ("materiel.tsv", "drones\tsoftish\t-\tdrone", "strength `softish`"),
        ("materiel.tsv", "drones\thard\tdrone", "3 columns instead of 4"),
        ("materiel.tsv", "drones\thard\t-\tdrone| drone naval", "blanks"),
        ("states.tsv", "Xx\tXanadu\t-\t-\t-", "no ISO 3166-1"),
        ("actors.tsv", "Hezbollah\tgroup\tHezbollah", "kebab-case"),
        ("actors.tsv", "hezbollah\tparty\tHezbollah", "kind `party`"),
        ("firms.tsv", "XX\tAcme Arms", "`XX`"),
        ("predicates.tsv", "livrer\tV\thand-over\tdelivered\tp\t-", "frame `hand-over`"),
        ("predicates.tsv", "livrer\tV\tgive\tdone\tp\t-", "status `done`"),
        ("governors.tsv", "promettre\tV\tpromised\tsubject", "effect `promised`"),
        ("places.tsv", "give/active\tà\tmany\t4", "points are numbers"),
        ("armed.tsv", "r\tYE\tLes Houthis", "kebab-case"),
        ("neighbours.tsv", "FR\tXX", "`XX` is not in states.tsv"),
        ("regimes.tsv", "Émirat\tQA", "without capitals and accents"),
        ("verbs.tsv", "naître\tnais nais\tnaiss\tnaîtr\tné\tnaquit naquirent\tnaisse naissent", "six persons"),
    ],
)
def test_a_broken_line_is_refused_with_its_place(tmp_path: Path, file: str, line: str, said: str) -> None:
    folder = tmp_path / "lexicon"
    shutil.copytree(lexicon.FOLDER, folder)
    path = folder / file
    text = path.read_text("utf-8").rstrip("\n")
    path.write_text(f"{text}\n{line}\n", "utf-8")
    with pytest.raises(LexiconInvalid) as caught:
        lexicon.compile_folder(folder)
    number = len(text.splitlines()) + 1
    assert f"{file}:{number}:" in str(caught.value)
    assert said in str(caught.value)


def test_the_digest_follows_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lexicon.lexicon_digest()
    folder = tmp_path / "lexicon"
    shutil.copytree(lexicon.FOLDER, folder)
    with (folder / "firms.tsv").open("a", encoding="utf-8") as file:
        file.write("FR\tAcme Armement\n")
    monkeypatch.setattr(lexicon, "FOLDER", folder)
    assert lexicon.lexicon_digest() != before


def test_the_page_of_lexicons_is_in_step() -> None:
    assert (DOCS / "lexicons.md").read_text("utf-8") == listing.page(), (
        "python -m pipeline.tag.listing > docs/lexicons.md"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ukrainien", ("ukrainien", "ukrainiens", "ukrainienne", "ukrainiennes")),
        ("libyen", ("libyen", "libyens", "libyenne", "libyennes")),
        ("turc/turque", ("turc", "turcs", "turque", "turques")),
        ("français", ("français", "française", "françaises")),
        ("belge", ("belge", "belges")),
    ],
)
def test_demonyms_are_inflected(written: str, expected: tuple[str, ...]) -> None:
    assert inflect.demonym_forms(written) == expected


@pytest.mark.parametrize(
    ("singular", "expected"),
    [
        ("char de combat", "chars de combat"),
        ("missile balistique", "missiles balistiques"),
        ("missile sol-air", "missiles sol-air"),
        ("sous-marin", "sous-marins"),
        ("machine-outil", "machines-outils"),
        ("lance-roquettes", "lance-roquettes"),
        ("drone naval", "drones navals"),
        ("obus", "obus"),
    ],
)
def test_materiel_is_inflected(singular: str, expected: str) -> None:
    assert inflect.plural_group(singular) == expected


@pytest.mark.parametrize(
    ("infinitive", "form", "tag"),
    [
        ("livrer", "livrera", "fut"),
        ("livrer", "livreraient", "cond"),
        ("céder", "cède", "pres"),
        ("céder", "cédée", "pp"),
        ("envoyer", "enverra", "fut"),
        ("fournir", "fournissait", "impf"),
        ("vendre", "vendu", "pp"),
        ("recevoir", "reçoit", "pres"),
        ("remettre", "remis", "pp"),
        ("acquérir", "acquerrait", "cond"),
        ("acheter", "achètent", "pres"),
        ("annoncer", "annonçait", "impf"),
        ("partager", "partageant", "presp"),
        ("démentir", "dément", "pres"),
    ],
)
def test_verbs_are_conjugated(infinitive: str, form: str, tag: str) -> None:
    assert tag in inflect.conjugate(infinitive)[form]


def test_folding_and_plain_spelling_keep_every_offset() -> None:
    text = "L’État « hébreu »\u00a0: 1\u202f000 obus — ŒUVRE, İstanbul, Vučić, Türkiye\n"
    assert len(fold(text)) == len(text) == len(plain(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M. Poutine a dit non. Il a 1.700 chars.", ["M. Poutine a dit non.", "Il a 1.700 chars."]),
        ("« Oui ! » Il part. (AFP)\n\nSuite", ["« Oui ! »", "Il part.", "(AFP)", "Suite"]),
        ("Les U.S.A. livrent… Enfin", ["Les U.S.A. livrent…", "Enfin"]),
        ("", []),
    ],
)
def test_sentences_are_cut_where_they_end(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paris livre", ["FR"]),
        ("des paris risqués", []),
        ("les armés", []),
        ("LA COREE DU NORD", ["KP"]),
        ("l’armée nord-coréenne", ["KP"]),
        ("les États-Unis et les Etats-Unis", ["US", "US"]),
        ("les Émirats, les Emirats et la fédération des Émirats", ["AE", "AE", "AE"]),
        ("un Su\u201130MKI et un F\u201116V", ["aircraft", "aircraft"]),
        ("un Leopard\u00a02A6", ["armoured-vehicles"]),
        ("SAMP/T", ["air-defence"]),
        ("un mirage", []),
        ("un Mirage 2000-5", ["aircraft"]),
    ],
)
def test_mentions_agree_in_case_and_accents(text: str, expected: list[str]) -> None:
    found = [m.entry.value for m in mentions(text, lexicon.load()) if m.entry.kind in ("actor", "materiel")]
    assert found == expected
