"""What two texts share: what counts as a word, what is left out, and what a copy is at all."""

from __future__ import annotations

import pytest

from pipeline.relate.shingles import MAX_KEYS, covered, fingerprint, keys, overlap, promising, words

REPORT = (
    "La Russie a lancé {a} drones et {b} missiles contre l'Ukraine dans la nuit, a indiqué l'armée de l'air."
    " La défense antiaérienne en a abattu {c}, selon le communiqué du matin."
    " Dans la région d'Odessa, {d} bâtiments ont été touchés et {e} personnes blessées."
    " Les alertes ont duré {f} heures à Kiev, et {g} régions ont été privées de courant."
)
QUOTE = (
    "« Nous avons étudié toutes les possibilités avec nos alliés, et nous avons conclu qu'il fallait agir vite, avec"
    " fermeté, sans rien céder de nos principes »"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'armée française", "armee francaise"),
        ("l’ARMÉE  FRANÇAISE", "armee francaise"),
        ("1 000 obus, 1.000 obus, 1\u202f000 obus", "1000 obus 1000 obus 1000 obus"),
        ("155 mm, 2024 100", "155 mm 2024100"),
        ("Cœur d’or", "coeur or"),
        ("Texte.\nLire aussi : autre chose\nSuite.", "texte suite"),
        ("Texte.\nAbonnez-vous à notre newsletter\nSuite.", "texte suite"),
        ("Texte.\n© AFP\nSuite.", "texte suite"),
        ("Le film « Lord of War » est sorti", "le film lord of war est sorti"),
        ("", ""),
        ("…", ""),
    ],
)
def test_words_are_compared_without_accents_case_elision_and_furniture(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


def test_long_direct_speech_is_left_out_unless_it_is_most_of_the_text() -> None:
    around = (
        "Le ministre a pris la parole à Bruxelles devant la presse, à la fin d'une réunion qui a duré toute la nuit."
    )
    assert words(f"{around} {QUOTE}, a-t-il dit.") == words(f"{around} a-t-il dit.")
    assert "conclu" in words(f"Il a dit : {QUOTE}.")


def test_two_articles_with_one_quotation_are_no_copies() -> None:
    one = fingerprint(
        f"Réuni à Bruxelles, le conseil a décidé hier soir d'envoyer des chars. {QUOTE}, a dit le ministre devant"
        " les journalistes venus nombreux dans la salle du bâtiment Juste-Lipse."
    )
    other = fingerprint(
        f"Après des heures de débat, les Vingt-Sept sont tombés d'accord sur un envoi. {QUOTE}, assure le chef de"
        " la diplomatie, qui rentrait d'un voyage en Asie centrale et au Japon."
    )
    assert not overlap(one, other).copied


def test_two_reports_from_one_template_are_no_copies() -> None:
    one = fingerprint(REPORT.format(a=23, b=4, c=18, d=7, e=11, f=5, g=3))
    other = fingerprint(REPORT.format(a=57, b=9, c=51, d=2, e=30, f=8, g=6))
    found = overlap(one, other)
    assert found.ours > 0.3
    assert found.same_numbers == 0
    assert not found.copied


def test_an_updated_toll_leaves_a_copy_a_copy() -> None:
    one = fingerprint(REPORT.format(a=23, b=4, c=18, d=7, e=11, f=5, g=3))
    other = fingerprint(REPORT.format(a=23, b=4, c=19, d=7, e=11, f=5, g=3))
    assert overlap(one, other).copied


def test_too_little_text_is_never_a_copy() -> None:
    brief = fingerprint("Le président de la République française, Emmanuel Macron, est arrivé à Varsovie.")
    assert not overlap(brief, brief).copied
    assert overlap(fingerprint(""), brief).shared == 0


def test_changed_words_within_a_copied_passage_count_as_copied() -> None:
    original = fingerprint(" ".join(f"mot{number}" for number in range(100)))
    edited = fingerprint(" ".join("autre" if number % 10 == 5 else f"mot{number}" for number in range(100)))
    half_own = fingerprint(
        " ".join([*(f"mot{number}" for number in range(50)), *(f"neuf{number}" for number in range(50))])
    )
    assert covered(original, [original]) == 1
    assert covered(edited, [original]) == 1
    assert covered(half_own, [original]) == pytest.approx(0.5)
    assert covered(original, []) == 0


def test_keys_are_few_stable_and_those_of_what_is_shared() -> None:
    long = " ".join(f"Mot{number} et autre{number % 7}." for number in range(2000))
    assert len(keys(long)) == MAX_KEYS
    assert keys(long) == keys(long.upper())
    assert keys("") == keys("un deux") == ()
    half = long[: len(long) // 2]
    assert len(set(keys(long)) & set(keys(half))) > MAX_KEYS / 3
    assert keys("Kiev reçoit trente missiles Patriot") == ("6679b3755a38", "b3c5f94828dd")  # stored: must never change


@pytest.mark.parametrize(
    ("shared", "ours", "theirs", "expected"),
    [
        (0, 60, 60, False),
        (1, 60, 60, False),
        (2, 40, 40, True),
        (2, 60, 60, False),
        (3, 60, 60, True),
        (3, 60, 200, True),
        (9, 200, 200, False),
        (1, 3, 200, True),
        (1, 4, 200, False),
    ],
)
def test_a_stock_phrase_in_common_is_no_reason_to_read_a_text(
    shared: int, ours: int, theirs: int, expected: bool
) -> None:
    assert promising(shared, ours, theirs) is expected
    assert promising(shared, theirs, ours) is expected
