"""One name for each article: canonical URLs, entry ids, registrable domains.

Belongs here: what of a URL names the article and what only says how the reader came to it. Does not belong here:
any request (`fetch`), or what a page says its own address is (`extract`).

A canonical URL is a name, not an address: it may answer 404. What is fetched is the URL as the feed gave it.

Two rules are in tension: the same article from several feeds must get one name, and two articles must never share
one. So only a parameter that is known to carry no identity is dropped; an unknown one stays. `courlan` serves for
domains only: its `clean_query` drops parameters without a value (`spip.php?article8532`) and whatever begins with
`id`-like words (`cid`, `eid`, `source`), and so merges articles. `ural` drops `www`, `index` and sorts as we do, but
strips the protocol and guesses at typos, which is more than identity can bear.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from pipeline.errors import BadUrl

TRACKERS = re.compile(
    r"""
    utm_\w+ | (?:amp;)+\w+                                # Urchin; a query escaped twice
    | at_(?:medium|campaign|custom\d|link\w*|ptr_\w+|bbc_team|format|emailtype|creation|variant|network|detail\w*
        |platform|recipient\w*|send_\w+)                  # Piano (AT Internet)
    | xtor | xtref | xtcr | xtatc | xtmc | xtnp | xts | xtdt | xtloc   # AT Internet, old
    | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | twclid | yclid | ysclid | ttclid | li_fat_id
    | igshid | igsh | mc_[ce]id | mkt_tok | _ga | _gl | _gac | _hsenc | _hsmi | hsctatracking | vero_\w+ | oly_\w+_id
    | (?:pk|piwik|mtm|matomo)_\w+ | ns_(?:mchannel|source|campaign|linkname|fee) | lmd_\w+ | sfmc_\w+
    | cx_(?:test\w*|artpos|campaign)
    | wt\.?_?mc(?:_\w+)? | s_cid | cmp | cmpid | icid | ocid | ftag | smid | dlvrit | dicbo | oborigurl | tblci
    | echobox | nsctrid | actcampaigntype | __twitter_impression | spref | rts_source | referr?er
    | amp_js_v | amp_gsa | amp_ct | amp_r | usqp | phpsessid | jsessionid
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names of parameters that say how the reader came, whatever their value."""
CHANNELS = re.compile(
    r"(?:rss|flux|feed|feedburner|atom|twitter|x|facebook|fb|linkedin|whatsapp|telegram|bluesky|mastodon|instagram"
    r"|newsletter|nl|e?mail|push|google(?:news)?|yahoo|msn|apple(?:news)?|share|partage|social|home(?:page)?|accueil|une)"
    r"(?:[-_.]\w*)?",
    re.IGNORECASE,
)
CHANNEL_NAMES = frozenset(
    ("ref", "source", "src", "from", "via", "origin", "origine", "provenance", "partner", "share",
     "medium", "campaign", "feature")
)  # fmt: skip
"""Names that are trackers only when their value is a channel: `?source=rss` is, `?source=4711` may be an article."""
AMP_QUERY = re.compile(
    r"amp(?:=(?:1|true|yes)?)?|m=[01]|(?:outputtype|output|mode|view|type)=amp(?:-type)?", re.IGNORECASE
)
"""Parameters that ask for the AMP form, or for the mobile form of Blogger."""
READER_HOSTS = ("www", "amp", "m", "mobile")
"""First labels of a host that name a form of the site, not another site."""
HOST_ALIASES = {
    "francetvinfo.fr": "franceinfo.fr",
    "tempsreel.nouvelobs.com": "nouvelobs.com",
    "francebleu.fr": "ici.fr",
}
"""Sites that moved with all their paths, whose old addresses still come."""
STABLE_KEYS = (
    # A live page of Le Monde changes its slug and section, never the two numbers at its end.
    ("lemonde.fr", re.compile(r"/(?:.+/)?[^/]*(_\d{5,}_\d+)\.html"), r"/\1.html"),
)
"""Domain, path, and the path that names the article: where an outlet renames its pages."""

_PATH_SAFE = "!$&'()*+,;=:@~-._/"
_QUERY_SAFE = "!$'()*+,;:@~-._/?="
_FORMS_OF_PAGE = (
    (re.compile(r";jsessionid=[^/]*", re.IGNORECASE), ""),
    (re.compile(r"\.amp(?=\.html?$|$)"), ""),
    # Only after or before a segment that looks like an article's: `/outils/amp` is a page about amplifiers.
    (re.compile(r"(?<=/)([^/]*[-.\d][^/]*)/amp(?:\.html?)?/?$"), r"\1"),
    (re.compile(r"^/amp(?=/(?:.*/)?[^/]*[-\d][^/]*/?$)"), ""),
    (re.compile(r"/index\.html?$"), ""),
    (re.compile(r"/+$"), ""),
)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str, base: str | None = None) -> str:
    """The name of the article behind a URL. Idempotent.

    Args:
        url: as found in a feed or a page; brackets, spaces and accents are borne.
        base: what a relative URL is relative to.

    Raises:
        BadUrl: not an http(s) URL, or not a URL at all.
    """
    scheme, host, port, path, query, fragment = _split(url, base)
    host, path = _out_of_amp_cache(host, path)
    host = _site_host(host)
    path = _stable_path(host, _article_path(path))
    kept = "&".join(_article_query(query))
    if port is None:
        scheme = "https"
    # A hash-bang is an old way of writing a path; any other fragment is a place in the page or a tracker.
    hashbang = quote(unquote_to_bytes(fragment), safe=_PATH_SAFE) if fragment.startswith("!/") else ""
    return urlunsplit((scheme, f"{host}:{port}" if port else host, path, kept, hashbang))


def entry_id(canonical: str) -> str:
    """Id of the entry and of its story: the first 32 hexadecimal digits of the SHA-256 of the canonical URL."""
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def registrable_domain(url: str) -> str:
    """What one owner registered: `bbc.co.uk` for `https://feeds.news.bbc.co.uk/x`.

    A host that is nobody's domain (an IP address, `localhost`) stands for itself with its port: two ports of one
    machine are two servers. Empty for what has no host.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    return _domain_of(host) or (f"{host}:{port}" if port else host)


@lru_cache(maxsize=4096)
def _domain_of(host: str) -> str:
    from courlan import extract_domain

    if ":" in host or re.fullmatch(r"[\d.]*", host):
        return ""
    return extract_domain(f"https://{host}/") or ""


def _split(url: str, base: str | None) -> tuple[str, str, int | None, str, str, str]:
    text = "".join(char for char in url.strip() if char >= " " and char != "\x7f").replace("&amp;", "&")
    try:
        text = urljoin(base, text) if base else text
        parts = urlsplit(text)
    except ValueError:
        # Brackets in a tracker's fragment are illegal, and Python takes them for an IPv6 host in relative URLs.
        try:
            parts = urlsplit(text.partition("#")[0])
        except ValueError:
            raise BadUrl("not a URL", url=url) from None
    scheme = parts.scheme.lower()
    try:
        host, port = (parts.hostname or "").rstrip("."), parts.port
        if host and not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise BadUrl("not a URL: bad host or port", url=url) from None
    if scheme not in _DEFAULT_PORTS or not host or re.search(r"[\s<>\"%]", host):
        raise BadUrl("not an http(s) URL", url=url)
    if port == _DEFAULT_PORTS[scheme]:
        port = None
    return scheme, f"[{host}]" if ":" in host else host, port, parts.path, parts.query, parts.fragment


def _out_of_amp_cache(host: str, path: str) -> tuple[str, str]:
    """The publisher's own host and path of a page in Google's AMP cache or viewer."""
    if host.endswith(".cdn.ampproject.org") and (
        cached := re.fullmatch(r"/[a-z]{1,2}/(?:s/)?([^/]+\.[^/]+)(/.*)?", path)
    ):
        return cached[1].lower(), cached[2] or "/"
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host) and (
        viewed := re.fullmatch(r"/amp/(?:s/)?([^/]+\.[^/]+)(/.*)?", path)
    ):
        return viewed[1].lower(), viewed[2] or "/"
    return host, path


def _site_host(host: str) -> str:
    """The host without `www.`, `amp.`, `m.`, as long as what is left is still a site's."""
    while True:
        label, _, rest = host.partition(".")
        if label not in READER_HOSTS or "." not in rest or _domain_of(host) == host:
            return HOST_ALIASES.get(host, host)
        host = rest


def _article_path(path: str) -> str:
    path = _recode(re.sub(r"/{2,}", "/", path), _PATH_SAFE, keep="/?#")
    if "/." in path:
        path = urlsplit(urljoin("https://host/", path)).path
    before = None
    while before != path:
        before = path
        for pattern, name in _FORMS_OF_PAGE:
            path = pattern.sub(name, path)
    return path or "/"


def _stable_path(host: str, path: str) -> str:
    for domain, pattern, name in STABLE_KEYS:
        if (host == domain or host.endswith("." + domain)) and (match := pattern.fullmatch(path)):
            return match.expand(name)
    return path


def _article_query(query: str) -> list[str]:
    """The parameters that may name an article, sorted by name; a name that occurs twice keeps its order."""
    kept = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not part or TRACKERS.fullmatch(name) or AMP_QUERY.fullmatch(part):
            continue
        if name.lower() in CHANNEL_NAMES and CHANNELS.fullmatch(value):
            continue
        kept.append(_recode(name, _QUERY_SAFE, keep="&=+#") + equals + _recode(value, _QUERY_SAFE, keep="&+#"))
    return sorted(kept, key=lambda part: part.partition("=")[0])


def _recode(text: str, safe: str, keep: str) -> str:
    """Percent-encoding in one form: what need not be encoded is decoded, the rest is upper-case UTF-8 in NFC.

    Octets that are not UTF-8 (`%E9`, Latin-1) stay as they are: to guess would be to rename. Encoded delimiters, those
    of `keep`, stay encoded, for decoding them would change what the URL says.
    """
    text = _STRAY_PERCENT.sub("%25", text)
    held = "|".join(f"{ord(char):02X}" for char in keep + "%")
    shielded = re.sub(f"%({held})", lambda code: "%25" + code[1].upper(), text, flags=re.IGNORECASE)
    try:
        decoded = unicodedata.normalize("NFC", unquote_to_bytes(shielded).decode())
    except UnicodeDecodeError:
        decoded = _ESCAPE.sub(lambda code: code[0].upper(), text)
    return quote(decoded, safe=safe + "%")
