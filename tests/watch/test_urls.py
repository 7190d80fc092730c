"""One article, one name; two articles, two names."""

from __future__ import annotations

import pytest

from pipeline.errors import BadUrl
from pipeline.urls import canonical_url, entry_id, registrable_domain

SAME = {
    "fragment tracker of franceinfo, brackets and all": (
        "https://www.franceinfo.fr/monde/usa/trump/obus_6449395.html",
        "https://www.franceinfo.fr/monde/usa/trump/obus_6449395.html#xtor=RSS-3-[societe]",
        "http://www.francetvinfo.fr/monde/usa/trump/obus_6449395.html?at_medium=5&at_campaign=rss",
    ),
    "fragment tracker of Le Parisien and L'Équipe": (
        "https://www.leparisien.fr/international/des-missiles-27-03-2024-XTSWMY6D5FHV5AQ7O4M6Y7Y6QM.php",
        "https://www.leparisien.fr/international/des-missiles-27-03-2024-XTSWMY6D5FHV5AQ7O4M6Y7Y6QM.php#xtor=RSS-1481423633",
        "https://www.leparisien.fr/international/des-missiles-27-03-2024-XTSWMY6D5FHV5AQ7O4M6Y7Y6QM.php?xtor=RSS-1",
        "https://www.leparisien.fr/amp/international/des-missiles-27-03-2024-XTSWMY6D5FHV5AQ7O4M6Y7Y6QM.php",
    ),
    "FeedBurner, www and apex, schemes, ports": (
        "https://www.opex360.com/2024/05/01/des-canons-caesar/",
        "http://opex360.com/2024/05/01/des-canons-caesar",
        "HTTPS://WWW.Opex360.com:443/2024/05/01/des-canons-caesar/",
        "http://www.opex360.com:80//2024/05/01/des-canons-caesar/",
        "https://www.opex360.com/2024/05/01/des-canons-caesar/?utm_source=feedburner&utm_medium=feed&utm_campaign=Feed%3A+ZoneMilitaire",
        "https://www.opex360.com/2024/05/01/des-canons-caesar/?utm_source=rss&amp;utm_medium=rss",
        "https://www.opex360.com/2024/05/./01/x/../des-canons-caesar/#comments",
        "https://www.opex360.com/2024/05/01/des-canons-caesar/amp/",
        "https://www.opex360.com/2024/05/01/des-canons-caesar/?amp",
        "https://www.opex360.com/2024/05/01/des-canons-caesar/?amp=1&fbclid=IwAR0abc",
        "https://www-opex360-com.cdn.ampproject.org/c/s/www.opex360.com/2024/05/01/des-canons-caesar/amp/",
        "https://www.google.fr/amp/s/www.opex360.com/2024/05/01/des-canons-caesar/amp/",
    ),
    "AMP by extension, by host, by Arc's output type": (
        "https://www.lefigaro.fr/international/l-iran-livre-20240327.html",
        "https://www.lefigaro.fr/international/l-iran-livre-20240327.amp.html",
        "https://amp.lefigaro.fr/international/l-iran-livre-20240327.html",
        "https://m.lefigaro.fr/international/l-iran-livre-20240327.html?outputType=amp",
    ),
    "a Le Monde page that was retitled, moved and turned from live to article": (
        "https://www.lemonde.fr/international/article/2024/03/27/ukraine-les-obus_6223832_3210.html",
        "https://www.lemonde.fr/international/live/2024/03/27/guerre-en-ukraine-en-direct_6223832_3210.html",
        "https://www.lemonde.fr/international/live/2024/03/27/guerre-en-ukraine-en-direct_6223832_3210.html?lmd_medium=al&lmd_source=twitter",
    ),
    "accents written four ways": (
        "https://www.rfi.fr/fr/tag/guerre-économique/",
        "https://www.rfi.fr/fr/tag/guerre-%C3%A9conomique/",
        "https://www.rfi.fr/fr/tag/guerre-%c3%a9conomique",
        "https://www.rfi.fr/fr/tag/guerre-e%CC%81conomique/",
    ),
    "commas and unreserved characters, encoded or not": (
        "https://www.afp.com/fr/actus/792,31,9~x",
        "https://www.afp.com/fr/actus/792%2C31%2c9%7Ex",
    ),
    "parameters in another order, trackers between them": (
        "https://www.diploweb.com/spip.php?page=article&id_article=3",
        "https://diploweb.com/spip.php?id_article=3&utm_source=x&page=article",
    ),
    "BBC": (
        "https://www.bbc.com/afrique/articles/c9r1x2",
        "https://www.bbc.com/afrique/articles/c9r1x2?at_medium=RSS&at_campaign=KARANGA&ocid=wsafrique",
    ),
    "RTS and its own tracker": (
        "https://www.rts.ch/info/monde/2024/article/drones-28452.html",
        "https://www.rts.ch/info/monde/2024/article/drones-28452.html?rts_source=rss_i",
    ),
    "a channel as the value of an ordinary name": (
        "https://www.lecho.be/a/1.html",
        "https://www.lecho.be/a/1.html?source=rss",
        "https://www.lecho.be/a/1.html?ref=newsletter&from=twitter",
        "https://www.lecho.be/a/1.html?referrer=https%3A%2F%2Fwww.google.com%2F",
    ),
    "session ids and empty queries": (
        "https://www.senat.fr/presse/cp20240501.html",
        "https://www.senat.fr/presse/cp20240501.html;jsessionid=0A1B?",
        "https://www.senat.fr/presse/cp20240501.html?PHPSESSID=12&",
    ),
    "Blogger's mobile form": (
        "http://lemamouth.blogspot.com/2024/05/griffon.html",
        "https://lemamouth.blogspot.com/2024/05/griffon.html?m=1",
    ),
    "spaces and control characters around": (
        "https://www.levif.be/x-1",
        "\n  https://www.levif.be/x-1\t ",
    ),
    "an accented host": ("https://défense.fr/a-1", "https://xn--dfense-bva.fr/a-1/"),
}

OTHER = {
    "SPIP articles by a bare query": (
        "https://lefaso.net/spip.php?article8532",
        "https://lefaso.net/spip.php?article8533",
        "https://lefaso.net/spip.php",
    ),
    "ids in the query": ("https://x.fr/a.xml?id=76", "https://x.fr/a.xml?id=77", "https://x.fr/a.xml"),
    "names that courlan takes for trackers": (
        "https://x.fr/a?cid=1",
        "https://x.fr/a?cid=2",
        "https://x.fr/a?eid=1",
        "https://x.fr/a?source=4711",
        "https://x.fr/a?source=4712",
        "https://x.fr/a?reference=1",
        "https://x.fr/a?ref=12345",
        "https://x.fr/a?session=2",
    ),
    "significant formats": (
        "https://www.rts.ch/info/toute-info/?format=rss/news",
        "https://www.rts.ch/info/toute-info/",
    ),
    "paths that differ by case": ("https://fr.yna.co.kr/RSS/news.xml", "https://fr.yna.co.kr/rss/news.xml"),
    "pages": ("https://x.fr/dossier-1?page=2", "https://x.fr/dossier-1?page=3", "https://x.fr/dossier-1"),
    "sub-domains": (
        "https://fr.euronews.com/a-1",
        "https://www.euronews.com/a-1",
        "https://information.euronews.com/a-1",
    ),
    "encoded delimiters": ("https://x.fr/a%2Fb-1", "https://x.fr/a/b-1", "https://x.fr/a%3Fb-1"),
    "a plus is not an encoded plus": ("https://x.fr/?q=a+b", "https://x.fr/?q=a%2Bb"),
    "ports of one machine": ("http://127.0.0.1:8001/a-1", "http://127.0.0.1:8002/a-1"),
    "two articles of Le Monde of one day and one section": (
        "https://www.lemonde.fr/international/article/2024/03/27/a_6223832_3210.html",
        "https://www.lemonde.fr/international/article/2024/03/27/a_6223833_3210.html",
    ),
    "a page about amplifiers": ("https://x.fr/outils/amp", "https://x.fr/outils", "https://x.fr/amp/outils"),
    "Latin-1 escapes": ("https://x.fr/arm%E9e-1", "https://x.fr/arm%E8e-1"),
    "www alone under a public suffix": ("https://www.blogspot.com/a-1", "https://blogspot.com/b-1"),
    "hash-bang": ("https://x.fr/#!/article-1", "https://x.fr/#!/article-2"),
    "an empty value": ("https://x.fr/a?id=", "https://x.fr/a?id=0"),
}


@pytest.mark.parametrize("case", SAME)
def test_forms_of_one_article_share_a_name(case):
    assert len({canonical_url(url) for url in SAME[case]}) == 1


@pytest.mark.parametrize("case", OTHER)
def test_two_articles_never_share_a_name(case):
    assert len({entry_id(canonical_url(url)) for url in OTHER[case]}) == len(OTHER[case])


@pytest.mark.parametrize("url", [url for case in (SAME, OTHER) for urls in case.values() for url in urls])
def test_canonical_url_is_idempotent(url):
    once = canonical_url(url)
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.swissinfo.ch/fre/latest/~rss", "https://swissinfo.ch/fre/latest/~rss"),
        ("https://www.rts.ch/info/toute-info/?format=rss/news", "https://rts.ch/info/toute-info?format=rss/news"),
        ("https://www.afp.com/actu/792,31,9,7,33/feed", "https://afp.com/actu/792,31,9,7,33/feed"),
        ("https://x.fr", "https://x.fr/"),
        ("https://x.fr/100%", "https://x.fr/100%25"),
        ("http://user:secret@x.fr/a", "https://x.fr/a"),
        ("http://127.0.0.1:8001/a-1/", "http://127.0.0.1:8001/a-1"),
        ("http://[::1]:8001/a-1", "http://[::1]:8001/a-1"),
        ("https://x.fr/index.html", "https://x.fr/"),
    ],
)
def test_canonical_url_has_this_form(url, expected):
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("link", "base", "expected"),
    [
        ("/a-1", "https://www.iris-france.org/feed/", "https://iris-france.org/a-1"),
        ("../a-1#xtor=RSS-3-[societe]", "https://x.fr/rss/monde/", "https://x.fr/rss/a-1"),
        ("//cdn.x.fr/a-1", "https://x.fr/rss", "https://cdn.x.fr/a-1"),
        ("?article9", "https://x.fr/spip.php?page=backend", "https://x.fr/spip.php?article9"),
    ],
)
def test_relative_links_are_resolved(link, base, expected):
    assert canonical_url(link, base) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/a",
        "mailto:a@x.fr",
        "javascript:alert(1)",
        "ftp://x.fr/a",
        "https://",
        "http://[",
        "http://x.fr:port/",
    ],
)
def test_what_is_no_http_url_is_refused(url):
    with pytest.raises(BadUrl):
        canonical_url(url)


def test_entry_id_is_a_prefix_of_the_sha256_of_the_canonical_url():
    assert entry_id("https://x.fr/") == "cc1ed1dc6a49da027d7d273c838d9546"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.lemonde.fr/a", "lemonde.fr"),
        ("https://partner-feeds.publishing.tamedia.ch/rss", "tamedia.ch"),
        ("https://feeds.bbci.co.uk/afrique/rss.xml", "bbci.co.uk"),
        ("https://www.diplomatie.gouv.fr/fr", "diplomatie.gouv.fr"),
        ("http://lemamouth.blogspot.com/", "lemamouth.blogspot.com"),
        ("http://127.0.0.1:8001/a", "127.0.0.1:8001"),
        ("http://localhost:80/", "localhost:80"),
        ("http://[::1]/", "::1"),
        ("nonsense", ""),
    ],
)
def test_registrable_domain(url, expected):
    assert registrable_domain(url) == expected
