"""Bytes to text, and what a page declares of itself."""

from __future__ import annotations

import pytest

from pipeline.errors import InputInvalid
from pipeline.extract import extract
from pipeline.extract.body import css, read_body
from pipeline.extract.document import decode, load_json, parse
from pipeline.extract.language import language_of
from pipeline.extract.overrides import Override, for_url, read, shipped
from pipeline.records import Story
from tests.extract.making import FEED, NOW, PARAGRAPHS, PUBLISHER, article, entry, html, page

FRENCH = "L’été, « cœur » de l’œuvre : 1 000 €"


def declared(charset: str, text: str = FRENCH) -> str:
    return html(f'<meta charset="{charset}">', article(text, *PARAGRAPHS))


CHARSETS = {
    "UTF-8": (declared("utf-8").encode(), "text/html; charset=utf-8", "utf-8"),
    "UTF-8, BOM": (b"\xef\xbb\xbf" + declared("iso-8859-1").encode(), "text/html; charset=iso-8859-1", "utf-8"),
    "UTF-16": (declared("utf-16").encode("utf-16"), "text/html", "utf-16"),
    "UTF-8 that says it is Latin-1": (declared("iso-8859-1").encode(), "text/html; charset=ISO-8859-1", "utf-8"),
    "windows-1252 in the header": (declared("x").encode("cp1252"), "text/html; charset=windows-1252", "windows-1252"),
    "windows-1252 that says Latin-1": (declared("iso-8859-1").encode("cp1252"), "text/html", "cp1252"),
    "windows-1252 that says UTF-8": (declared("utf-8").encode("cp1252"), "text/html; charset=utf-8", "cp1252"),
    "windows-1252 that says nothing": (html(body=article(FRENCH)).encode("cp1252"), "text/html", "cp1252"),
    "an unknown charset": (declared("x-mac-klingon").encode("cp1252"), "text/html; charset=foo", "cp1252"),
}


@pytest.mark.parametrize("kind", CHARSETS)
def test_french_is_read_whatever_a_page_says_of_its_charset(kind: str) -> None:
    body, content_type, _ = CHARSETS[kind]
    text, _ = decode(page(body, content_type=content_type))
    assert FRENCH in text


def test_utf8_with_a_few_broken_bytes_stays_utf8() -> None:
    body = declared("utf-8").encode().replace(b"Maison-Blanche", b"Maison-\xe9Blanche")
    text, name = decode(page(body))
    assert name == "utf-8"
    assert FRENCH in text


def test_a_story_from_a_windows_page_has_its_apostrophes_and_euros() -> None:
    served = page(declared("iso-8859-1").encode("cp1252"), content_type="text/html; charset=iso-8859-1")
    made = extract(served, entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story)
    assert made.text.startswith(FRENCH)


def test_control_characters_written_or_referred_to_harm_nothing() -> None:
    body = article(f"{FRENCH}\x00 &#x0; &#31;&#x1F; et &#xe9;t&#233; &#8217;", *PARAGRAPHS)
    dropped = body.replace("</article>", "<p class='box'>x</p>&#x1f;</article>")
    document = parse(page(html(body=dropped)))
    assert document is not None
    text = read_body(document, "", Override(remove=(".box",))).sorted.text
    assert text.startswith(f"{FRENCH} et été ’")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('/* <![CDATA[ */ {"a": 1} /* ]]> */', {"a": 1}),
        ('{"a": [1, 2,],}', {"a": [1, 2]}),
        ('{"a": "l\\\'obus"}', {"a": "l\\'obus"}),
        ('{"a": "x\ty"}', {"a": "x\ty"}),
        ("", None),
        ("nothing", None),
        ("[" * 100_000, None),
    ],
)
def test_json_as_pages_have_it(text: str, value: object) -> None:
    assert load_json(text) == value


LANGUAGES = [
    ("fr", " ".join(PARAGRAPHS)),
    ("fr", "Livraisons 2024 : Caesar 12, Mistral 200, VAB 250, obus de 155 mm 30 000, AASM 600, Aster 30, LRU 4, "
     "Crotale NG 2, Milan 100, Ground Master 200, Griffon 10, Mirage 2000-5 6, Akeron MP 20, SAMP/T 1 et pièces."),
    ("en", "North Korea has shipped more than a thousand containers of military equipment and munitions to "
     "Russia, the "
     "White House said on Friday, releasing images that it says show the transfer at the port of Rajin in "
     "September."),
    ("es", "Corea del Norte ha entregado a Rusia más de mil contenedores de municiones y equipo militar para "
     "ayudarla en "
     "la guerra de Ucrania, según la Casa Blanca, que publicó imágenes de un buque cargado en el puerto de Rajin."),
    ("it", "La Corea del Nord ha consegnato alla Russia oltre mille container di munizioni e di equipaggiamento "
     "militare "
     "per aiutarla nella guerra in Ucraina, secondo la Casa Bianca, che ha pubblicato delle immagini del carico."),
    ("pt", "A Coreia do Norte entregou à Rússia mais de mil contentores de munições e de equipamento militar "
     "para ajudar "
     "na guerra da Ucrânia, segundo a Casa Branca, que publicou imagens do carregamento no porto de Rajin."),
    ("oc", "La Corèa del Nòrd a liurat a Russia mai d'un milierat de contenedors de municions e d'equipaments "
     "militars "
     "per l'ajudar dins la guèrra d'Ucraïna, segon l'Ostal Blanc, que publiquèt d'imatges de la carga al pòrt."),
    ("de", "Nordkorea hat Russland nach Angaben des Weißen Hauses mehr als tausend Container mit Munition und "
     "militärischer Ausrüstung geliefert. Die Vereinigten Staaten veröffentlichten Bilder, die das zeigen sollen."),
    ("ar", "سلمت كوريا الشمالية إلى روسيا أكثر من ألف حاوية من الذخائر والمعدات العسكرية، بحسب البيت الأبيض الذي نشر "
     "صورا لسفينة محملة في ميناء راجين في سبتمبر، في حين تنفي موسكو وبيونغ يانغ أي تبادل للأسلحة بين البلدين "
     "منذ بداية."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), LANGUAGES, ids=[f"{code}-{text[:12]}" for code, text in LANGUAGES])
def test_languages_are_told_apart_whatever_the_page_declares(language: str, text: str) -> None:
    assert language_of(text, "fr") == language


def test_a_short_text_is_not_guessed_at() -> None:
    assert language_of("Kim Jong-un, Vladimir Poutine", "en") == "en"
    assert language_of("Kim Jong-un, Vladimir Poutine", None) == "fr"
    assert language_of("Les obus de Pyongyang", "en") == "fr"


class TestOverrides:
    def body(self, override: Override, content: str) -> tuple[str, str]:
        document = parse(page(html(body=content)))
        assert document is not None
        found = read_body(document, "", override)
        return found.sorted.text, found.method

    def test_a_body_selector_reads_these_elements_alone(self) -> None:
        content = (
            article("Ce paragraphe n'en est pas.", *PARAGRAPHS) + f"<div id=t><p>{PARAGRAPHS[0]}</p><p>Et.</p></div>"
        )
        assert self.body(Override(body=("#t",)), content) == (f"{PARAGRAPHS[0]}\nEt.", "selector")

    def test_a_body_selector_that_finds_nothing_leaves_the_general_rules(self) -> None:
        assert self.body(Override(body=("#gone",)), article()) == ("\n".join(PARAGRAPHS), "page")

    def test_a_lead_stands_before_the_text(self) -> None:
        content = f"<div class=facts>Les faits tiennent en une phrase assez longue.</div>{article()}"
        text, _ = self.body(Override(lead=(".facts",)), content)
        assert text.split("\n") == ["Les faits tiennent en une phrase assez longue.", *PARAGRAPHS]

    def test_what_is_removed_is_not_read(self) -> None:
        content = article(*PARAGRAPHS).replace("</article>", "<p class='box'>Un encadré sans rapport.</p></article>")
        assert "encadré" in self.body(Override(), content)[0]
        assert "encadré" not in self.body(Override(remove=(".box",)), content)[0]

    def test_a_host_goes_before_its_domain(self) -> None:
        rules = read('["x.fr"]\nremove = [".a"]\n["blog.x.fr"]\nremove = [".b"]')
        assert for_url("https://www.x.fr/1", rules) == Override(remove=(".a",))
        assert for_url("https://blog.x.fr/1", rules) == Override(remove=(".b",))
        assert for_url("https://y.fr/1", rules) == Override()

    @pytest.mark.parametrize("wrong", ['["x.fr"]\nbodies = [".a"]', '["x.fr"]\nbody = ".a"', '["x.fr"]\nbody = [1]'])
    def test_a_wrong_file_is_refused(self, wrong: str) -> None:
        with pytest.raises(InputInvalid, match=r"x\.fr"):
            read(wrong)

    def test_the_shipped_selectors_are_selectors(self) -> None:
        for override in shipped().values():
            for selector in (*override.body, *override.lead, *override.remove):
                css(selector)
