"""Feeds as they come: all of their items, whatever else is wrong with them; and what is refused."""

from __future__ import annotations

import codecs

import pytest

from pipeline.errors import FeedError
from pipeline.watch.items import plain
from pipeline.watch.parse import parse_feed
from tests.watch.feeds import FEED, NOW, URL, item, rss


def parse(body, content_type="application/rss+xml", feed=FEED, url=URL):
    body = body if isinstance(body, bytes) else body.encode()
    return parse_feed(body, content_type=content_type, feed=feed, url=url, now=NOW)


def only(body, **arguments):
    (entry,) = parse(body, **arguments).entries
    return entry


def test_an_item_becomes_an_entry():
    text = "<description><![CDATA[  <P>Résumé&nbsp;: « obus » </P>]]></description><author>AFP</author>"
    entry = only(rss(item(1, text + "<category>Monde</category><pubDate>Sun, 22 Nov 2026 09:30:00 +0100</pubDate>")))
    assert (entry.title, entry.summary, entry.author) == ("Titre 1", "Résumé\u00a0: « obus »", "AFP")
    assert (entry.feeds, entry.categories, entry.media, entry.content) == (("x-monde",), ("Monde",), "article", None)
    assert (entry.published_at.isoformat(), entry.published_precision) == ("2026-11-22T08:30:00+00:00", "instant")
    assert entry.first_seen_at == entry.last_seen_at == entry.updated_at == NOW
    assert entry.url == "https://www.x.fr/monde/article-1.html"


# --- formats --------------------------------------------------------------------------------------------------

FORMATS = {
    "rss 2.0": rss(item()),
    "rss 0.91 with its DOCTYPE": rss(
        item(),
        prolog='<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">',
    ),
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>X</title><entry><title>Titre 1</title><id>tag:x,1</id>'
    '<link href="/monde/article-1.html"/><updated>2026-11-22T08:30:00Z</updated></entry></feed>',
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="https://www.x.fr/"><title>X</title></channel><item rdf:about="https://www.x.fr/monde/article-1.html">'
    "<title>Titre 1</title><link>https://www.x.fr/monde/article-1.html</link></item></rdf:RDF>",
    "comment and stylesheet before": "<?xml version='1.0'?><?xml-stylesheet href='a.xsl'?><!-- x -->\n" + rss(item()),
    "blank lines before the declaration": "\n\n  <?xml version='1.0' encoding='utf-8'?>" + rss(item()),
    "a PHP warning before": "<br />\n<b>Warning</b>: x in <b>y</b><br />\n<?xml version='1.0'?>" + rss(item()),
    "not closed": rss(item()).removesuffix("</channel></rss>"),
    "an unescaped ampersand": rss(item(), channel="<title>A & B</title><link>https://www.x.fr/</link>"),
    "an unknown entity": rss(item(), channel="<title>A&hellip;</title><link>https://www.x.fr/</link>"),
    "a control character": rss(item(), channel="<title>A\x0b</title><link>https://www.x.fr/</link>"),
    "an undeclared prefix": rss(item(1, "<x:y>z</x:y>")),
}


@pytest.mark.parametrize("case", FORMATS)
def test_every_format_gives_the_same_entry(case):
    entry = only(FORMATS[case])
    assert (entry.canonical_url, entry.title) == ("https://x.fr/monde/article-1.html", "Titre 1")


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ("a PHP warning before", "stray-output"),
        ("not closed", "malformed"),
        ("an unescaped ampersand", "malformed"),
        ("a control character", "control-characters"),
    ],
)
def test_what_is_wrong_with_a_feed_is_said(case, problem):
    assert problem in parse(FORMATS[case]).problems


def test_a_truncated_feed_keeps_the_items_before_the_cut():
    whole = rss(*(item(number) for number in range(10)))
    cut = parse(whole[: whole.index("Titre 7")])
    assert {f"Titre {number}" for number in range(7)} <= {entry.title for entry in cut.entries}


# --- charset --------------------------------------------------------------------------------------------------

FRENCH = "L’armée « reçoit » des obus à 1\u202f000\u00a0€ : œuvre"
LATIN = "Déjà reçu à l'été"


def french(encoding, declared=None, text=FRENCH):
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    body = prolog + rss(f"<item><title>{text}</title><link>https://www.x.fr/a-1</link></item>")
    return body.encode(encoding, "xmlcharrefreplace")


CHARSETS = {
    "utf-8, declared": (french("utf-8", "utf-8"), None, ()),
    "utf-8, nothing said": (french("utf-8"), None, ()),
    "utf-8, the header says Latin-1": (french("utf-8"), "text/xml; charset=iso-8859-1", ("charset",)),
    "utf-8, the prolog says Latin-1": (french("utf-8", "iso-8859-1"), None, ("charset",)),
    "windows-1252, the prolog says iso-8859-1": (french("cp1252", "iso-8859-1"), "text/xml; charset=utf-8", ()),
    "windows-1252, the header says iso-8859-1": (french("cp1252"), "text/xml; charset=ISO-8859-1", ()),
    "windows-1252, the prolog says utf-8": (french("cp1252", "utf-8"), None, ("charset",)),
    "windows-1252, nothing said": (french("cp1252"), "text/xml", ("charset",)),
    "an unknown name": (french("utf-8", "utf-huit"), None, ()),
    "utf-8 with BOM, the prolog says Latin-1": (codecs.BOM_UTF8 + french("utf-8", "iso-8859-1"), None, ()),
    "utf-16 with BOM": (french("utf-16", "utf-16"), None, ()),
    "utf-16 without BOM": (french("utf-16-le", "utf-16"), None, ()),
    "koi8-r, declared": (french("koi8-r", "koi8-r"), None, ()),
}


@pytest.mark.parametrize("case", CHARSETS)
def test_charset_comes_from_bom_prolog_header_guess_in_that_order(case):
    body, content_type, problems = CHARSETS[case]
    feed = parse(body, content_type=content_type)
    assert feed.entries[0].title == FRENCH
    assert feed.problems == problems


def test_one_broken_octet_does_not_make_utf8_into_latin():
    body = french("utf-8", "utf-8", FRENCH * 3).replace("œ".encode(), b"\xff", 1)
    feed = parse(body)
    assert feed.entries[0].title.count("«") == 3
    assert feed.problems == ("charset",)


# --- what is refused ------------------------------------------------------------------------------------------

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<rss><channel><title>&b;</title></channel></rss>"
)
REFUSED = {
    "entity bomb": (BOMB, "forbidden XML"),
    "entity bomb in utf-16": (BOMB.encode("utf-16"), "forbidden XML"),
    "entity bomb after stray output": ("Warning: x<br/>" + BOMB, "forbidden XML"),
    "entity bomb after a comment": (BOMB.replace("<!DOCTYPE", "<!-- --><!DOCTYPE"), "forbidden XML"),
    "external entity": (
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
        "forbidden XML",
    ),
    "external DTD": ('<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd">' + rss(item()), "forbidden XML"),
    "parameter entity alone": ('<!ENTITY % x "y">' + rss(item()), "forbidden XML"),
    "HTML 5": ("<!DOCTYPE html><html><body>Nos flux RSS</body></html>", "HTML instead of a feed"),
    "XHTML": (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/x.dtd"><html></html>',
        "HTML instead",
    ),
    "HTML that speaks of RSS": ("<html><head></head><body><rss></rss></body></html>", "HTML instead"),
    "a sitemap": ('<?xml version="1.0"?><urlset><url/></urlset>', "root element <urlset>"),
    "JSON": ('{"version": "https://jsonfeed.org/version/1"}', "JSON instead of a feed"),
    "prose": ("Accès refusé", "not XML"),
    "nothing": ("  \n", "empty answer"),
    "no bytes": ("", "empty answer"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_feed_is_refused_by_name(case):
    body, cause = REFUSED[case]
    with pytest.raises(FeedError, match=cause) as caught:
        parse(body)
    assert URL in str(caught.value)


def test_text_about_dtds_is_no_dtd():
    entry = only(rss(item(1, "<description><![CDATA[<!DOCTYPE rss [<!ENTITY a 'b'>]>]]></description>")))
    assert entry.title == "Titre 1"


def test_an_empty_channel_is_said():
    feed = parse(rss())
    assert (feed.entries, feed.problems, feed.counts["items"]) == ((), ("empty-channel",), 0)


def test_a_feed_served_as_html_is_a_feed():
    feed = parse(rss(item()), content_type="text/html; charset=utf-8")
    assert (len(feed.entries), feed.problems) == (1, ("served-as-html",))


# --- links and guids ------------------------------------------------------------------------------------------


def linked(inner):
    return rss(f"<item><title>T</title>{inner}</item>")


LINKS = {
    "the link, the guid being another": (
        "<link>https://www.x.fr/a-1</link><guid>https://www.x.fr/?p=1</guid>",
        "https://www.x.fr/a-1",
    ),
    "guid as permalink": ("<guid>https://www.x.fr/a-1</guid>", "https://www.x.fr/a-1"),
    "guid as permalink, said": ('<guid isPermaLink="true">https://www.x.fr/a-1</guid>', "https://www.x.fr/a-1"),
    "bare guid before the link": ("<guid>4711</guid><link>https://www.x.fr/a-1</link>", "https://www.x.fr/a-1"),
    "FeedBurner": (
        "<link>http://feedproxy.google.com/~r/Z/~3/x/</link><feedburner:origLink>https://www.x.fr/a-1</feedburner:origLink>",
        "https://www.x.fr/a-1",
    ),
    "relative to the site": ("<link>/monde/a-1</link>", "https://www.x.fr/monde/a-1"),
    "relative to the channel's link": ("<link>a-1</link>", "https://www.x.fr/a-1"),
    "trackers stay on the link to fetch": (
        "<link>https://www.x.fr/a-1#xtor=RSS-3-[societe]</link>",
        "https://www.x.fr/a-1#xtor=RSS-3-[societe]",
    ),
    "escaped twice": ("<link>https://www.x.fr/?a=1&amp;amp;b=2</link>", "https://www.x.fr/?a=1&b=2"),
    "in CDATA with blanks": ("<link><![CDATA[\n https://www.x.fr/a-1 \n]]></link>", "https://www.x.fr/a-1"),
    "as atom:link": ('<atom:link href="https://www.x.fr/a-1"/>', "https://www.x.fr/a-1"),
    "only a file": (
        '<guid isPermaLink="false">1</guid><enclosure url="https://cdn.x.fr/1.mp3" type="audio/mpeg" length="1"/>',
        "https://cdn.x.fr/1.mp3",
    ),
}


@pytest.mark.parametrize("case", LINKS)
def test_the_link_of_an_item(case):
    inner, expected = LINKS[case]
    assert only(linked(inner)).url == expected


@pytest.mark.parametrize(
    ("inner", "problem"),
    [
        ("<guid>4711</guid>", "no-link"),
        ('<guid isPermaLink="false">https://www.x.fr/a-1</guid>', "no-link"),
        ("<description>Brève</description>", "no-link"),
        ("<link>mailto:redaction@x.fr</link>", "bad-link"),
    ],
)
def test_an_item_that_leads_nowhere_is_counted(inner, problem):
    feed = parse(linked(inner))
    assert (feed.entries, feed.problems, feed.counts[problem]) == ((), (problem,), 1)


def test_relative_links_of_a_feed_on_another_host_lead_to_the_site():
    feed = FEED.model_copy(update={"site_url": "https://www.24heures.ch/"})
    body = rss("<item><title>T</title><link>/monde/a-1</link></item>", channel="<title>24</title>")
    entry = only(body, feed=feed, url="https://partner-feeds.publishing.tamedia.ch/rss/24heures/monde")
    assert entry.url == "https://www.24heures.ch/monde/a-1"


def test_xml_base_counts_in_atom():
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.x.fr/"><title>X</title>'
        '<entry><title>T</title><id>urn:1</id><link href="a-1"/></entry></feed>'
    )
    assert only(body).url == "https://blog.x.fr/a-1"


def test_items_of_one_article_are_one_entry():
    again = item(1).replace("article-1.html</link>", "article-1.html?at_medium=RSS</link>").replace("<guid>", "<guid>x")
    feed = parse(rss(item(1), again, item(2)))
    assert (len(feed.entries), feed.problems, feed.counts["duplicates"]) == (2, ("duplicates",), 1)


def test_one_guid_on_two_articles_is_two_entries():
    one, two = (
        item(1),
        item(2).replace("<guid>https://www.x.fr/monde/article-2.html", "<guid>https://www.x.fr/monde/article-1.html"),
    )
    assert len(parse(rss(one, two)).entries) == 2


# --- dates ----------------------------------------------------------------------------------------------------

DATES = {
    "Wed, 27 Mar 2024 14:05:00 +0100": ("2024-03-27T13:05", "instant"),
    "Wed, 27 Mar 24 14:05:00 +0100": ("2024-03-27T13:05", "instant"),
    "27 Mar 2024 13:05 GMT": ("2024-03-27T13:05", "instant"),
    "Wed, 27 Mar 2024 14:05:00 CET": ("2024-03-27T13:05", "instant"),
    "Wed, 27 Mar 2024 14:05:00": ("2024-03-27T13:05", "instant"),
    "Sat, 27 Jul 2024 14:05:00": ("2024-07-27T12:05", "instant"),
    "mer., 27 mars 2024 14:05:00 +0100": ("2024-03-27T13:05", "instant"),
    "Mercredi 27 mars 2024 - 14h05": ("2024-03-27T13:05", "instant"),
    "27 février 2024 à 14h05": ("2024-02-27T13:05", "instant"),
    "1er août 2024, 9:05": ("2024-08-01T07:05", "instant"),
    "2024-03-27T13:05:00Z": ("2024-03-27T13:05", "instant"),
    "2024-03-27T14:05:00.123+01:00": ("2024-03-27T13:05", "instant"),
    "2024-03-27 14:05:00": ("2024-03-27T13:05", "instant"),
    "20240327T130500Z": ("2024-03-27T13:05", "instant"),
    "27/03/2024 14:05": ("2024-03-27T13:05", "instant"),
    "March 27, 2024 14:05": ("2024-03-27T13:05", "instant"),
    "Wed Mar 27 14:05:00 2024": ("2024-03-27T13:05", "instant"),
    "1711544700": ("2024-03-27T13:05", "instant"),
    "2024-03-27": ("2024-03-26T23:00", "day"),
    "27 mars 2024": ("2024-03-26T23:00", "day"),
    "27/03/2024": ("2024-03-26T23:00", "day"),
    "Wed, 27 Mar 2024 00:00:00 +0100": ("2024-03-26T23:00", "day"),
}


@pytest.mark.parametrize("written", DATES)
def test_a_date_is_read_with_its_precision(written):
    entry = only(rss(item(1, f"<pubDate>{written}</pubDate>")))
    assert (entry.published_at.isoformat()[:16], entry.published_precision) == DATES[written]
    assert entry.date_problem is None


@pytest.mark.parametrize("written", ["hier soir", "0000-00-00 00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT", "32/13/2024"])
def test_what_is_no_date_is_said_and_never_taken_for_now(written):
    feed = parse(rss(item(1, f"<pubDate>{written}</pubDate>")))
    (entry,) = feed.entries
    assert (entry.published_at, entry.published_precision, entry.date_problem) == (None, "unknown", "unparsable")
    assert feed.problems == ("unparsable",)
    assert feed.dated_share == 0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2024/03/27/obus", "2024-03-26T23:00"),
        ("des-obus-27-03-2024-XTSWMY6D5FHV5AQ7O4M6Y7Y6QM.php", "2024-03-26T23:00"),
        ("des-obus-20240327", "2024-03-26T23:00"),
        ("des-obus-20990327", None),
        ("des-obus-12345678", None),
    ],
)
def test_without_a_date_the_day_in_the_url_serves(path, expected):
    feed = parse(linked(f"<link>https://www.x.fr/{path}</link>"))
    (entry,) = feed.entries
    assert (entry.published_at and entry.published_at.isoformat()[:16]) == expected
    assert entry.published_precision == ("day" if expected else "unknown")
    assert feed.dated_share == 0


def test_a_date_in_the_future_is_clamped_and_flagged():
    feed = parse(rss(item(1, "<pubDate>Mon, 23 Nov 2026 09:00:00 +0100</pubDate>")))
    (entry,) = feed.entries
    assert (entry.published_at, entry.date_problem, feed.problems) == (NOW, "future", ("future",))


def test_a_server_whose_clock_is_a_little_ahead_is_not_flagged():
    entry = only(rss(item(1, "<pubDate>Sun, 22 Nov 2026 12:04:00 GMT</pubDate>")))
    assert (entry.published_at, entry.date_problem) == (NOW, None)


def test_dates_of_atom_and_dublin_core_count():
    entry = only(rss(item(1, "<dc:date>2024-03-27T14:05:00+01:00</dc:date>")))
    assert entry.published_at.isoformat() == "2024-03-27T13:05:00+00:00"


def test_the_dates_of_the_channel_say_nothing_of_its_items():
    at = "Sun, 22 Nov 2026 09:00:00 GMT"
    channel = f"<title>X</title><pubDate>{at}</pubDate><lastBuildDate>{at}</lastBuildDate>"
    assert only(rss(item(), channel=channel)).published_at is None


# --- texts and media ------------------------------------------------------------------------------------------


def test_full_text_is_kept_as_html_and_the_summary_as_text():
    full = "<content:encoded><![CDATA[<p>Tout le <b>texte</b></p>]]></content:encoded>"
    entry = only(rss(item(1, "<description>R&#233;sum&amp;#233;</description>" + full)))
    assert (entry.summary, entry.content) == ("Résumé", "<p>Tout le <b>texte</b></p>")


def test_a_caption_is_not_the_content():
    caption = "<media:description>Un canon</media:description>"
    media = f'<media:content url="https://x.fr/1.jpg" medium="image">{caption}</media:content>'
    entry = only(rss(item(1, "<description>Résumé</description>" + media)))
    assert (entry.summary, entry.content, entry.media) == ("Résumé", None, "article")


def test_a_very_long_description_is_the_content():
    entry = only(rss(item(1, f"<description><![CDATA[<p>{'mot ' * 1000}</p>]]></description>")))
    assert entry.content.startswith("<p>mot")
    assert len(entry.summary) < 2_010
    assert entry.summary.endswith("[…]")


def test_the_tail_of_wordpress_is_cut():
    tail = "Des obus. [&#8230;] L&#8217;article <a href='x'>Titre</a> est apparu en premier sur <a href='y'>Zone</a>."
    assert only(rss(item(1, f"<description><![CDATA[{tail}]]></description>"))).summary == "Des obus. […]"


@pytest.mark.parametrize(
    ("inner", "media"),
    [
        ("<link>https://www.x.fr/international/live/2024/03/27/a_1.html</link>", "live"),
        ("<link>https://www.x.fr/podcasts/a-1</link>", "audio"),
        ("<link>https://www.x.fr/video/a-1</link>", "video"),
        ("<link>https://www.bfmtv.com/a_LN-202403270123.html</link>", "live"),
        ("<link>https://www.bfmtv.com/a_VN-202403270123.html</link>", "video"),
        ("<link>https://www.bfmtv.com/a_AN-202403270123.html</link>", "article"),
        ("<link>https://x.fr/a</link><enclosure url='https://x.fr/a.mp3' type='audio/mpeg'/>", "audio"),
        ("<link>https://x.fr/a</link><enclosure url='https://x.fr/a.mp4' type='video/mp4'/>", "video"),
        ("<link>https://x.fr/a</link><enclosure url='https://x.fr/a.jpg' type='image/jpeg'/>", "article"),
        ("<link>https://x.fr/video-des-obus-tires</link>", "article"),
    ],
)
def test_podcasts_videos_and_live_pages_are_recognised(inner, media):
    assert only(linked(inner)).media == media


@pytest.mark.parametrize("title", ["EN DIRECT - Guerre en Ukraine", "🔴 DIRECT. Obus", "DIRECT : obus"])
def test_a_live_page_is_recognised_by_its_title(title):
    assert only(rss(f"<item><title>{title}</title><link>https://x.fr/a</link></item>")).media == "live"


def test_the_fingerprint_follows_the_words_and_not_the_mark_up():
    def fingerprint(description):
        return only(rss(item(1, f"<description><![CDATA[{description}]]></description>"))).fingerprint

    assert fingerprint("<p>Des obus</p>") == fingerprint("Des  <b>obus</b>")
    assert fingerprint("Des obus") != fingerprint("Des chars")


# --- the feed itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<ttl>x</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86400),
        ("<ttl>5</ttl><sy:updatePeriod> hourly </sy:updatePeriod>", 3600),
        ("", None),
    ],
)
def test_the_rhythm_that_a_feed_asks_for(channel, seconds):
    assert parse(rss(item(), channel="<title>X</title>" + channel)).ttl_seconds == seconds


def test_a_hub_is_found():
    channel = '<title>X</title><atom:link rel="hub" href="https://pubsubhubbub.appspot.com/"/>'
    assert parse(rss(item(), channel=channel)).hub == "https://pubsubhubbub.appspot.com/"


def test_counts_and_the_newest_item():
    dated = item(2, "<pubDate>Wed, 27 Mar 2024 14:05:00 +0100</pubDate>")
    feed = parse(rss(item(1), dated))
    assert (feed.counts["items"], feed.counts["dated"], feed.dated_share) == (2, 1, 0.5)
    assert feed.newest.isoformat() == "2024-03-27T13:05:00+00:00"


def test_a_feed_with_its_whole_archive_is_read_up_to_a_bound():
    feed = parse(rss(*(item(number) for number in range(2_100))))
    assert [entry.title for entry in feed.entries] == [f"Titre {number}" for number in range(2_000)]
    assert feed.problems == ("cut-off",)


HOSTILE = {
    "nested without end": "<rss><channel>" + "<a>" * 300_000,
    "brackets": "<rss><channel><item><title>" + "<" * 300_000,
    "ampersands": "<rss><channel><item><title>" + "&" * 300_000,
    "one item of entities": rss(item(1, "<description>" + "&amp;lt;" * 300_000 + "</description>")),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_body_made_of_mark_up_is_refused(case):
    with pytest.raises(FeedError, match="too much mark-up"):
        parse(HOSTILE[case])


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<script>b</script>c", "a c"),
        ("a<STYLE>b</style >c", "a c"),
        ("a<!-- b > -->c", "a c"),
        ("a<script>b", "a b"),
        ("a < b", "a < b"),
        ("a<b c", "a<b c"),
        ("&lt;p&gt;a&lt;/p&gt;", "a"),
        ("a&amp;nbsp;b", "a\u00a0b"),
        ("<script" * 20_000, "<script" * 20_000),
    ],
)
def test_plain_text_of_mark_up(markup, text):
    assert plain(markup) == text


def test_one_item_cannot_fill_the_ledger():
    huge = "é" * 1_000_000
    feed = parse(
        rss(
            f"<item><title>{huge}</title><link>https://x.fr/1</link><description>{huge}</description></item>",
            f"<item><title>T</title><link>https://x.fr/{huge}</link></item>",
        )
    )
    (entry,) = feed.entries
    assert (len(entry.title), len(entry.content), len(entry.summary)) < (1_001, 500_001, 2_010)
    assert feed.problems == ("bad-link",)
