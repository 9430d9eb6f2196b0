"""All behaviours by name: what each does in one sentence, and what is to come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from . import answers, letters, servers, ways
from .post import Way
from .servers import refuses
from .wire import Honest

Expected = Literal["right", "right or inconclusive"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`mails`: how many reach the suite for each that is sent, if that is certain."""

    what: str
    way: Way = ways.on_time
    server: type[Honest] = Honest
    expected: Expected = "right"
    mails: int | None = 1


def unsure(what: str, way: Way = ways.on_time, server: type[Honest] = Honest, mails: int | None = 1) -> Behaviour:
    return Behaviour(what, way, server, "right or inconclusive", mails)


POST = {
    "late": Behaviour("Every mail comes late, within the deadline.", ways.late),
    "reordered": Behaviour("Of two mails on their way the later one comes first.", ways.reordered),
    "twice": Behaviour("Every mail comes twice.", ways.twice),
    "twice-without-id": Behaviour("Every mail comes twice, without a Message-ID.", ways.twice_without_id, mails=2),
    "twice-with-footer": Behaviour("The second copy of every mail has a footer.", ways.twice_with_footer, mails=None),
    "again-much-later": Behaviour("The mail before comes again in front of the next one.", ways.again_much_later),
    "undated": Behaviour("No mail has a Date or a Message-ID.", ways.undated),
    "one-id": Behaviour("All mails have the same Message-ID.", ways.one_id),
    "to-only": Behaviour("Only To names the recipient.", ways.to_only),
    "delivered-only": Behaviour("Only Delivered-To names the recipient; To is undisclosed.", ways.delivered_only),
    "odd-case": Behaviour("Addresses are in odd letter case, behind a name with a comma.", ways.odd_case),
    "folded": Behaviour("Headers are folded, To, Message-ID and Content-Type among them.", ways.folded),
    "raw-names": Behaviour("Headers hold bytes outside ASCII and a NUL.", ways.raw_names),
    "bare-line-ends": Behaviour("Lines end in LF alone.", ways.bare_line_ends),
    "beside-strangers": Behaviour(
        "Mail of another account, with a code, comes before each mail.", ways.beside_strangers
    ),
    "after-a-notice": Behaviour(
        "A notice to the same account, with a year and a port, comes first.", ways.after_a_notice, mails=2
    ),
    "after-an-unreadable-notice": Behaviour(
        "A notice with an empty body and a broken encoded subject comes first.",
        ways.after_an_unreadable_notice,
        mails=2,
    ),
    "html-only": Behaviour("Mails are HTML alone, an element around each digit.", letters.html_only),
    "base64": Behaviour("Texts are base64.", letters.in_base64),
    "soft-breaks": Behaviour("Quoted-printable breaks the line inside the code.", letters.soft_breaks),
    "unknown-charset": Behaviour("Texts are in a charset that nobody knows.", letters.unknown_charset),
    "utf-16": Behaviour("Texts are UTF-16.", letters.utf16),
    "old-one-below": Behaviour("An earlier code is quoted below the new one.", letters.old_one_below),
    "old-one-above": Behaviour("An earlier code is quoted above the new one.", letters.old_one_above),
    "old-one-as-text-above": unsure(
        "An earlier code stands above, written as the new one is.", letters.old_one_as_text_above
    ),
    "two-codes": Behaviour("Every mail shows a second code in front of the right one.", letters.two_codes),
    "two-codes-now-and-then": unsure(
        "Every third mail shows a second code, written as the right one is.", letters.two_codes_now_and_then
    ),
    "neighbours": Behaviour(
        "Years, phone numbers, colours and order numbers stand around the code.", letters.neighbours
    ),
    "nul-bytes": Behaviour("Texts hold NUL bytes and invalid UTF-8.", letters.nul_bytes),
    "attachments": Behaviour("Attachments hold numbers, one of them before the text.", letters.attachments),
    "huge": Behaviour("Every mail has an attachment of a megabyte.", letters.huge),
    "nested": Behaviour("Every mail comes as message/rfc822 in another one.", letters.nested),
}

SERVERS = {
    "late-greeting": Behaviour("The greeting comes late.", server=servers.LateGreeting),
    "hangs-up": Behaviour("The connection ends at every third command.", server=servers.HangsUp),
    "ends-in-mail": Behaviour("The connection ends in the middle of a mail.", server=servers.EndsInMail),
    "ends-idling": Behaviour("The connection ends when IDLE begins.", server=servers.EndsIdling),
    "says-goodbye": Behaviour("IDLE is answered by BYE.", server=servers.SaysGoodbye),
    "news-before-idling": Behaviour("EXISTS comes before the go-ahead of IDLE.", server=servers.NewsBeforeIdling),
    "no-idle": Behaviour("IDLE is not among the capabilities.", server=answers.NoIdle),
    "idle-bad": Behaviour("IDLE is offered and answered by BAD.", server=refuses("IDLE", "BAD", 1, 10**6)),
    "login-no": Behaviour("Every second LOGIN is refused, in mid-run.", server=servers.RefusesLoginAgain),
    "examine-no": Behaviour("Every second EXAMINE is refused, in mid-run.", server=servers.RefusesFolderAgain),
    "search-no": Behaviour("SEARCH is refused twice.", server=refuses("SEARCH", "NO")),
    "search-bad": Behaviour("SEARCH is answered by BAD twice.", server=refuses("SEARCH", "BAD")),
    "search-always-no": unsure(
        "SEARCH is refused for good, in mid-run.", server=refuses("SEARCH", "NO", 4, 10**6), mails=None
    ),
    "fetch-no": Behaviour("FETCH is refused twice.", server=refuses("FETCH", "NO")),
    "fetch-bad": Behaviour("FETCH is answered by BAD twice.", server=refuses("FETCH", "BAD")),
    "noop-bad": Behaviour("NOOP is answered by BAD twice.", server=refuses("NOOP", "BAD")),
    "numbers-anew": Behaviour(
        "The connection ends often, and UIDVALIDITY is another one each time.", server=servers.NumbersAnew
    ),
    "numbers-anew-without-id": Behaviour(
        "UIDVALIDITY changes, and no mail has a Message-ID.", ways.undated, servers.NumbersAnew
    ),
    "slow": Behaviour("Every line of an answer is slow.", server=answers.Slow),
    "in-pieces": Behaviour("Lines and literals are split over packets.", server=answers.InPieces),
    "news-of-nothing": Behaviour("EXISTS, EXPUNGE, FLAGS and OK come with every answer.", server=answers.NewsOfNothing),
    "lists-too-early": Behaviour("A mail is listed before it can be fetched.", server=answers.ListsTooEarly),
    "expunges": Behaviour(
        "Mails are expunged: one between SEARCH and FETCH, others once they were read.",
        ways.after_a_notice,
        answers.Expunges,
        mails=None,
    ),
    "deep": Behaviour(
        "A notice comes now and then whose parts have parts, 1050 deep.",
        ways.now_and_then_after_a_notice,
        answers.ShowsTheDeep,
        mails=None,
    ),
    "lists-forever": unsure("A mail is listed for ever, and never handed out.", server=answers.ListsForever),
    "hands-out-late": Behaviour("FETCH is answered by OK and no mail three times.", server=answers.HandsOutLate),
    "fetches-nil": Behaviour("The text of a mail is NIL at first.", server=answers.FetchesNil),
    "no-numbers": Behaviour("SEARCH is answered by words, twice.", server=answers.NoNumbers),
    "short-status": unsure("STATUS lacks UIDNEXT, later all of it.", server=servers.ShortStatus),
    "silent": unsure("After the first mail nothing is answered any more.", server=servers.Silent, mails=None),
    "talkative": unsure(
        "After the first mail there is small talk without an end.", server=servers.Talkative, mails=None
    ),
    "drips": unsure("After the first mail single bytes come, and never a line.", server=servers.Drips, mails=None),
    "turns-away": unsure(
        "After the first mail every connection is closed at once.", server=servers.TurnsAway, mails=None
    ),
}

BEHAVIOURS = POST | SERVERS

IN_SUITES = BEHAVIOURS | {
    "later-than-promised": unsure("Every third mail comes after the deadline.", ways.later_than_promised, mails=None),
    "lost": unsure("Every fifth mail is lost without a trace.", ways.lost, mails=None),
}
"""Two more than fit a short flow: they are about resends."""
