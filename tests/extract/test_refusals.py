"""Pages that give no story, each with its reason; and paywalled pages, which keep their open part."""

from __future__ import annotations

import pytest

from pipeline.extract import extract, from_feed
from pipeline.records import Page, Skipped, SkipReason, Story
from tests.extract.making import FEED, NOW, PARAGRAPHS, PUBLISHER, URL, article, entry, html, page

LD = '<script type="application/ld+json">%s</script>'
SHORT = article("Regardez le reportage de notre envoyé spécial à Séoul, qui a pu monter à bord.")
COOKIES = article(
    "Avec votre accord, nous et nos 842 partenaires utilisons des cookies ou technologies similaires pour stocker, "
    "consulter et traiter des données personnelles telles que votre visite sur ce site internet.",
    "Vous pouvez retirer votre consentement ou vous opposer aux traitements à tout moment en cliquant sur « En savoir "
    "plus » ou dans notre politique de confidentialité, rubrique cookies.",
    "Continuer sans accepter",
    "Paramétrer mes choix",
)
ENGLISH = article(
    "North Korea has shipped more than a thousand containers of military equipment and munitions to Russia, the White "
    "House said on Friday, releasing images that it says show the transfer at the port of Rajin in September.",
    "The United States believes that Pyongyang is seeking fighter aircraft, surface-to-air missiles and armoured "
    "vehicles in return for its support in the war against Ukraine, a spokesman told reporters.",
)
GALLERY = "<article>" + "".join(
    f"<span>{text}</span> "
    for text in (
        "Accueil", "Culture", "En images : l’automne vu par nos lecteurs", "Vingt-quatre photographies", "Le Quotidien",
        "Publié le 18 novembre 2026 à 01h53", "Temps de lecture : 1 min", "Facebook X WhatsApp LinkedIn Courriel",
        "Copier le lien", "Photo d’illustration", "Les forêts des Vosges et du Jura", "LE QUOTIDIEN",
    )
) + "</article>"  # fmt: skip
MISSING = "<title>Page introuvable | Le Quotidien</title>"

SKIPPED: dict[str, tuple[SkipReason, Page]] = {
    "a picture": (SkipReason.NOT_HTML, page(b"\x89PNG\r\n\x1a\n", content_type="image/png")),
    "a PDF": (SkipReason.NOT_HTML, page(b"%PDF-1.7", content_type="application/pdf")),
    "nothing": (SkipReason.NO_TEXT, page(b"")),
    "white space": (SkipReason.NO_TEXT, page(b" \n\t ")),
    "an empty body": (SkipReason.NO_TEXT, page(html(body=""))),
    "pictures only": (SkipReason.NO_TEXT, page(html(body="<article><img src=a.jpg><img src=b.jpg></article>"))),
    "a caption": (SkipReason.TOO_SHORT, page(html(body=SHORT))),
    "cookies": (SkipReason.CONSENT_WALL, page(html(body=COOKIES))),
    "a consent host": (SkipReason.CONSENT_WALL, page(html(), final_url="https://consent.lequotidien.example/?to=x")),
    "wants a browser": (
        SkipReason.BOILERPLATE,
        page(html(body=article("Veuillez activer JavaScript pour afficher ce site dans votre navigateur."))),
    ),
    "404 with 200": (
        SkipReason.BOILERPLATE,
        page(html(MISSING, article("Cette page n'existe plus ou a été déplacée.", "Retour à l'accueil"))),
    ),
    "a robot check": (SkipReason.BOILERPLATE, page(html(body=article("Vérifiez que vous êtes humain. Un instant.")))),
    "a picture gallery": (SkipReason.BOILERPLATE, page(html(body=GALLERY))),
    "a section page": (
        SkipReason.BOILERPLATE,
        page(html(body=article(
            "Le pic est attendu dans la nuit, les écoles resteront fermées lundi.",
            "Les douanes haïtiennes ont trouvé du matériel de brouillage dans un conteneur.",
            "Les cambrioleurs n'ont emporté que le tiroir-caisse de la boulangerie.",
            "Paris s'est imposé à Lille au terme d'un festival offensif de ses attaquants.",
            "La marine britannique a saisi des missiles de fabrication iranienne en mer.",
            "Les dernières dates pour que les paquets arrivent à temps pour les fêtes.",
        ))),
    ),
    "a live page": (SkipReason.LIVE, page(html(), url="https://www.lequotidien.example/monde/live/2024/03/12/ukraine")),
    "a live blog": (SkipReason.LIVE, page(html(LD % '{"@type":"LiveBlogPosting","headline":"En direct"}'))),
    "a video": (
        SkipReason.VIDEO,
        page(html(body=SHORT), url="https://www.lequotidien.example/videos/missiles_9.html"),
    ),
    "a video by its data": (SkipReason.VIDEO, page(html(LD % '{"@type":"VideoObject","name":"x"}', SHORT))),
    "a podcast": (SkipReason.AUDIO, page(html(body=SHORT), url="https://www.lequotidien.example/podcasts/armes_3.html")),
    "a podcast by its data": (SkipReason.AUDIO, page(html(LD % '{"@type":"PodcastEpisode"}', SHORT))),
    "English": (SkipReason.OTHER_LANGUAGE, page(html(body=ENGLISH, lang="en"))),
    "English that says French": (SkipReason.OTHER_LANGUAGE, page(html(body=ENGLISH))),
}  # fmt: skip


@pytest.mark.parametrize("kind", SKIPPED)
def test_a_page_that_is_no_article_is_skipped_with_its_reason(kind: str) -> None:
    reason, wrong = SKIPPED[kind]
    made = extract(wrong, entry(wrong.url), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Skipped), made
    assert made.reason == reason


KEPT = {
    "an article about cookies": article(*PARAGRAPHS, "La Cnil sanctionne les cookies déposés sans consentement."),
    "an article with a consent banner": article() + f"<div class='banner'>{COOKIES}</div>",
    "an article that quotes an error": article(*PARAGRAPHS, "« Erreur 404, page introuvable », affichait le site."),
    "an article with a player": article(*(f"{n}. {text}" for n in (1, 2, 3) for text in PARAGRAPHS)),
    "a quotation in English": article(*PARAGRAPHS, "“We will not stop the transfer of these munitions”, he said."),
}


@pytest.mark.parametrize("kind", KEPT)
def test_an_article_that_looks_like_none_is_kept(kind: str) -> None:
    made = extract(page(html(body=KEPT[kind])), entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story), made


def test_what_the_feed_calls_a_video_is_skipped_unread() -> None:
    made = extract(page(html()), entry(media="video"), FEED, PUBLISHER, now=NOW)
    assert made == Skipped(SkipReason.VIDEO, "says the feed")


WALLED = {
    "printed": ("", article(PARAGRAPHS[0], "Il vous reste 82 % de cet article à lire. Suite réservée aux abonnés.")),
    "printed, older": ("", article(PARAGRAPHS[0], "Article réservé aux abonnés")),
    "printed, restricted": ("", article("Lecture restreinte", PARAGRAPHS[0])),
    "declared": (LD % '{"@type":"NewsArticle","isAccessibleForFree":false}', article(PARAGRAPHS[0])),
    "declared as text": (LD % '{"@type":"NewsArticle","isAccessibleForFree":"False"}', article(PARAGRAPHS[0])),
    "content tier": ('<meta property="article:content_tier" content="locked">', article(PARAGRAPHS[0])),
    "mark-up": ("", article(PARAGRAPHS[0]) + "<div class='article__paywall paywall'></div>"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WALLED)
def test_a_paywalled_page_keeps_its_open_part_and_says_so(kind: str) -> None:
    made = extract(page(html(*WALLED[kind])), entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story), made
    assert (made.access, made.text) == ("paywalled", PARAGRAPHS[0])


def test_a_whole_article_with_paywall_mark_up_is_whole() -> None:
    whole = article(*(f"{n}. {text}" for n in (1, 2, 3) for text in PARAGRAPHS))
    made = extract(page(html(body=whole + "<div class='paywall'></div>")), entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story)
    assert made.access == "full"


def test_what_a_page_declares_closed_is_left_out_although_it_was_sent() -> None:
    declared = (
        LD % '{"@type":"NewsArticle","isAccessibleForFree":false,'
        '"hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".closed"}}'
    )
    closed = "Le reste de l'enquête, que seuls les abonnés peuvent lire, détaille les routes des navires. " * 5
    body = f"<article><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><div class='closed'><p>{closed}</p></div></article>"
    made = extract(page(html(declared, body)), entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story)
    assert (made.access, made.text) == ("paywalled", f"{PARAGRAPHS[0]}\n{PARAGRAPHS[1]}")


def test_where_all_is_declared_closed_the_teaser_that_everyone_sees_stays() -> None:
    declared = (
        LD % '{"@type":"NewsArticle","isAccessibleForFree":false,'
        '"hasPart":{"isAccessibleForFree":false,"cssSelector":"article"}}'
    )
    made = extract(page(html(declared, article(PARAGRAPHS[0]))), entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story)
    assert (made.access, made.text) == ("paywalled", PARAGRAPHS[0])


@pytest.mark.parametrize("selector", ['".a:hover"', '"[["', '""', "null", "7", '[".a", ".b::after"]', '"..."'])
def test_a_selector_that_is_none_closes_nothing(selector: str) -> None:
    declared = LD % f'{{"@type":"NewsArticle","hasPart":{{"isAccessibleForFree":false,"cssSelector":{selector}}}}}'
    made = extract(page(html(declared)), entry(), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story)
    assert made.text == "\n".join(PARAGRAPHS)


FULL_TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "<p><strong>À lire aussi</strong> : autre chose</p>"


class TestTheFeedServes:
    @pytest.mark.parametrize("kind", ["an empty body", "a caption", "cookies", "wants a browser", "a PDF"])
    def test_where_the_page_gives_nothing(self, kind: str) -> None:
        made = extract(SKIPPED[kind][1], entry(content=FULL_TEXT), FEED, PUBLISHER, now=NOW)
        assert isinstance(made, Story), made
        assert (made.extraction.method, made.access, made.text) == ("feed", "full", "\n".join(PARAGRAPHS))

    def test_where_the_page_is_paywalled_and_the_feed_has_more(self) -> None:
        walled = page(html(body=article(PARAGRAPHS[0], "Article réservé aux abonnés")))
        made = extract(walled, entry(content=FULL_TEXT * 2), FEED, PUBLISHER, now=NOW)
        assert isinstance(made, Story)
        assert (made.extraction.method, made.access) == ("feed", "full")

    def test_never_for_a_live_page_or_another_language(self) -> None:
        for kind in ("a live page", "English", "a podcast"):
            reason, wrong = SKIPPED[kind]
            made = extract(wrong, entry(wrong.url, content=FULL_TEXT), FEED, PUBLISHER, now=NOW)
            assert isinstance(made, Skipped)
            assert made.reason == reason

    def test_with_its_summary_alone_for_a_refused_page(self) -> None:
        made = from_feed(entry(summary=f"<p>{PARAGRAPHS[0]}</p>"), FEED, PUBLISHER, now=NOW)
        assert isinstance(made, Story)
        assert (made.access, made.text, made.title) == ("summary", PARAGRAPHS[0], "Titre du flux")

    @pytest.mark.parametrize(
        "before", ["<!DOCTYPE html><html><body>", "<?xml version='1.0' encoding='x'?>", "\x00", "<"]
    )
    def test_whatever_its_text_is_wrapped_in(self, before: str) -> None:
        made = from_feed(entry(content=before + FULL_TEXT), FEED, PUBLISHER, now=NOW)
        assert isinstance(made, Story)
        assert made.text == "\n".join(PARAGRAPHS)

    def test_not_with_two_words(self) -> None:
        made = from_feed(entry(summary="À suivre."), FEED, PUBLISHER, now=NOW)
        assert made == Skipped(SkipReason.TOO_SHORT, "the feed carries 9 characters")

    def test_with_its_own_date_author_and_categories(self) -> None:
        known = entry(
            content=FULL_TEXT, author="Jeanne Martin avec AFP", categories=("Russie", "Armes"), published_at=NOW,
            published_precision="instant",
        )  # fmt: skip
        made = from_feed(known, FEED, PUBLISHER, now=NOW)
        assert isinstance(made, Story)
        assert (made.authors, made.agencies, made.keywords) == (("Jeanne Martin",), ("AFP",), ("Russie", "Armes"))
        assert (made.clocks.published_at, made.clocks.published_source, made.id) == (NOW, "feed", entry(URL).id)
