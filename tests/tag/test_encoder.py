"""The encoder of the status: what it is given to read, and what it makes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.tag import Tagger, lexicon
from pipeline.tag.weigh import encoder
from pipeline.tag.weigh.marking import Marked, marked
from pipeline.tag.weigh.sentences import LabelledSentence

MARKS = [
    (
        "La France livre des obus à l'Ukraine.", "FR", "UA",
        Marked(("La ", "<S>", " livre des obus à l'", "<R>", "."), "in", "in"),
    ),
    (
        "Kiev attend toujours les obus promis.", None, "UA",
        Marked(("<R>", " attend toujours les obus promis."), "null", "in"),
    ),
    (
        "Des obus nord-coréens sont arrivés en Russie.", "KP", "RU",
        Marked(("Des obus nord-coréens sont arrivés en ", "<R>", "."), "dem", "in"),
    ),
    (
        "Les obus sont arrivés.", "KP", "RU",
        Marked(("Les obus sont arrivés.",), "ctx", "ctx"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "supplier", "recipient", "expected"), MARKS, ids=[text[:20] for text, *_ in MARKS])
def test_marks_stand_for_the_parties(
    tagger: Tagger, text: str, supplier: str | None, recipient: str | None, expected: Marked
) -> None:
    reading = tagger.understand_sentence(text)
    assert marked(reading, reading.sentences[0], supplier, recipient) == expected


def test_it_reads_the_sentence_before_and_the_title_with_the_same_marks(tagger: Tagger) -> None:
    reading = tagger.understand(
        "Chars : Varsovie et Helsinki en renfort de Kiev",
        "La Pologne a promis des chars à l'Ukraine. La Finlande pourrait se joindre à cette livraison de chars.",
    )
    assert reading is not None
    assert marked(reading, reading.sentences[2], "FI", "UA") == Marked(
        ("La ", "<S>", " pourrait se joindre à cette livraison de chars."), "in", "ctx",
        before=("La Pologne a promis des chars à l'", "<R>", "."),
        title=("Chars : Varsovie et ", "<S>", " en renfort de ", "<R>"),
    )  # fmt: skip
    assert marked(reading, reading.sentences[1], "FI", "UA").before == ()


def test_what_comes_before_is_read_and_stands_for_no_party_of_the_sentence() -> None:
    class Words:
        """A token for each word."""

        def __init__(self) -> None:
            self.ids: dict[str, int] = {}

        def encode(self, text: str) -> list[int]:
            return [self.ids.setdefault(word, 10 + len(self.ids)) for word in text.split()]

        def get_piece_size(self) -> int:
            return 1_000

        def bos_id(self) -> int:
            return 1

        def eos_id(self) -> int:
            return 2

    sentence = Marked(("<S>", " livre"), "in", "ctx", before=(*["loin "] * 60, "<R>"), title=("<S>", " arme ", "<R>"))
    ids, (own, ours, theirs) = encoder.tokenize(Words(), sentence)
    supplier, recipient = 1_000, 1_001
    first = ids.index(2) + 1
    assert own.tolist() == [1.0] * first + [0.0] * (len(ids) - first)
    assert [k for k, one in enumerate(ours) if one] == [1, 3]
    assert [k for k, one in enumerate(theirs) if one] == [2]
    assert ids[3] == supplier
    assert ids[first : first + encoder.BEFORE] == [11] * (encoder.BEFORE - 1) + [recipient]
    assert ids[-5:] == [2, supplier, 12, recipient, 2]
    long = Marked(("x " * 200,), "in", "ctx", before=("y " * 200,), title=("z " * 200,))
    assert len(encoder.tokenize(Words(), long)[0]) == encoder.LONGEST


STATUSES = [
    ("delivered", "La {1:France} a déjà livré à l'{2:Ukraine} trente canons Caesar et leurs obus."),
    ("pledged", "{1:Berlin} s'est engagé à fournir à {2:Kiev}, d'ici à l'an prochain, deux batteries Patriot."),
    ("negotiated", "Des pourparlers sont en cours entre {1:Paris} et {2:Bagdad} sur la vente de quatorze Rafale."),
    ("requested", "{2:Erevan} réclame à {1:Moscou} les missiles antiaériens dont son armée a besoin."),
    ("denied", "{1:Pékin} nie en bloc avoir vendu la moindre arme à la {2:Russie}."),
    ("halted", "{1:Londres} a suspendu trente licences d'exportation d'armes vers {2:Israël}."),
    ("intercepted", "La marine a saisi deux mille fusils d'assaut envoyés par l'{1:Iran} aux {2:Houthis}."),
]


@pytest.mark.parametrize(("status", "written"), STATUSES, ids=[status for status, _ in STATUSES])
def test_the_encoder_reads_the_status(status: str, written: str) -> None:
    reader = encoder.load()
    _, likely = reader.read(LabelledSentence(written, ()).marked(1, 2, "ctx"))
    assert reader.statuses[int(likely.argmax())] == status
    assert sum(2.718281828**one for one in likely) == pytest.approx(1.0)


def test_two_pairs_of_one_sentence_are_read_apart() -> None:
    sentence = LabelledSentence(
        "{1:Berlin} refuse toujours de céder ses Taurus à l'{2:Ukraine}, quand {3:Londres} lui a livré les siens.",
        (),
    )
    reader = encoder.load()
    said = [reader.statuses[int(reader.read(sentence.marked(one, 2, "ctx"))[1].argmax())] for one in (1, 3)]
    assert said == ["halted", "delivered"]


UNTOLD = [
    "La {2:France} a déjà livré à l'{1:Ukraine} trente canons Caesar et leurs obus.",
    "L'{1:Iran} a tiré dans la nuit deux cents missiles balistiques sur {2:Israël}.",
    "{1:Londres} accuse Téhéran d'avoir livré des drones à la {2:Russie}.",
    "{1:Moscou} et {2:Minsk} ont mené en Biélorussie des manœuvres communes avec cent chars.",
    "L'{1:Allemagne} et la {2:France} ont condamné les livraisons de drones iraniens.",
    "Le {1:Pakistan} a abattu un Rafale que l'{2:Inde} avait acheté.",
    "{1:Paris} salue la décision de {2:Berlin} de livrer des chars.",
    "La {1:Turquie} survole avec ses F-16 les îles de la {2:Grèce}.",
    "Les {1:Houthis} ont tiré un missile sur {2:Israël}.",
]


def test_the_encoder_tells_what_is_told_from_what_is_not() -> None:
    def told(written: str, supplier: int = 1, recipient: int = 2) -> float:
        return encoder.load().read(LabelledSentence(written, ()).marked(supplier, recipient, "ctx"))[0]

    assert sum(told(written) > 0 for _, written in STATUSES) >= len(STATUSES) - 1
    assert sum(told(written) < 0 for written in UNTOLD) >= len(UNTOLD) - 2
    turned = [told(written) - told(written, 2, 1) for _, written in STATUSES]
    assert sum(better > 1 for better in turned) >= len(STATUSES) - 1


@pytest.mark.parametrize("length", [0, 1, 5_000])
def test_a_sentence_of_any_length_is_read(length: int) -> None:
    text = ("obus " * length,) if length else ()
    _, likely = encoder.load().read(Marked(text, "ctx", "null", before=text, title=text))
    assert likely.shape == (7,)


def test_a_labelled_sentence_names_its_parties_as_the_lexicons_do() -> None:
    sentence = LabelledSentence(
        "Des radars {1:français}, a dit {2:Erevan}, gardent le Siounik ; l'{3:Inde} en promet.",
        ((1, 2, "delivered"), (3, 0, "pledged")),
    )
    assert sentence.text == "Des radars français, a dit Erevan, gardent le Siounik ; l'Inde en promet."
    assert sentence.marked(3, 0, "null") == Marked(
        ("Des radars français, a dit Erevan, gardent le Siounik ; l'", "<S>", " en promet."), "in", "null"
    )
    item = sentence.item(lexicon.load())
    assert item is not None
    assert [(e["supplier"], e["recipient"], e["status"]) for e in item["events"]] == [
        ("FR", "AM", "delivered"), ("IN", None, "pledged"),
    ]  # fmt: skip
    unknown = LabelledSentence("{1:Krasnovie} a livré des obus à {2:Kiev}.", ((1, 2, "delivered"),))
    assert unknown.item(lexicon.load()) is None


def test_loading_it_tells_nobody_and_starts_no_thread(tmp_path: Path) -> None:
    """onnxruntime's Linux builds would report each session, unless told not to; and threads outlive no fork."""
    code = """
import os
from pipeline.tag.weigh import encoder
from pipeline.tag.weigh.marking import Marked
encoder.load().read(Marked(("obus",), "ctx", "ctx"))
print(len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
"""
    silent = {"CI", "ORT_DISABLE_TELEMETRY"}
    variables = {name: value for name, value in os.environ.items() if name not in silent}
    variables |= {"HOME": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    assert not done.stderr
    assert done.stdout == "1\n"
    assert list(tmp_path.iterdir()) == []
