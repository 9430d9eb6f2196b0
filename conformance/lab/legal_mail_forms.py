"""The rows of legal_mails.py: legal differences in the mails that show a code."""

from __future__ import annotations

from conformance.lab.alterations import both, setting
from conformance.lab.legal_codes import delayed
from conformance.lab.legal_mails import (
    ARABIC,
    FINNISH,
    HEBREW,
    JAPANESE,
    RUSSIAN,
    among_notices,
    among_numbers,
    broken,
    encoded,
    entities,
    head,
    in_a_sentence,
    language,
    late_by_chance,
    page,
    preheader,
    row,
    spans,
    table,
    texts,
    twice,
    with_attachments,
    with_footer,
)
from conformance.lab.variant import Variant

FORMS = (
    Variant("b-14-base64", "Mail in base64.", encoded("utf-8", "base64")),
    Variant("b-14-utf-16", "Mail in UTF-16.", encoded("utf-16", "base64")),
    Variant("b-14-latin-1", "Mail in German and ISO 8859-1.",
            both(setting(mail_language="de"), encoded("iso-8859-1", "quoted-printable"))),
    Variant("b-14-8bit", "Mail in French, its bytes as they are.",
            both(setting(mail_language="fr"), encoded("utf-8", "8bit"))),
    Variant("b-14-broken", "Mail whose lines are broken softly every few signs.", setting(mail_part=broken)),
    Variant("b-14-attachments", "Mail with a logo and a document.", setting(wrap_mail=with_attachments)),
    Variant("b-15-table", "Mail as HTML, each sign of the code in a cell.", page(table)),
    Variant("b-15-row", "Mail as HTML, the code in a row of a table.", page(row)),
    Variant("b-15-spans", "Mail as HTML, each sign of the code in an element, with marks between that nobody sees.",
            page(spans)),
    Variant("b-15-entities", "Mail as HTML, each sign of the code as a reference.", page(entities)),
    Variant("b-15-preheader", "Mail as HTML that tells the code twice, once where nobody sees it.", page(preheader)),
)  # fmt: skip

WORDS = (
    Variant("b-16-arabic", "Mail in Arabic.", language(ARABIC, "\u2066", "\u2069")),
    Variant("b-16-hebrew", "Mail in Hebrew.", language(HEBREW, "\u200e", "\u200e")),
    Variant("b-16-japanese", "Mail in Japanese.", language(JAPANESE)),
    Variant("b-16-russian", "Mail in Russian and KOI8-R.", both(language(RUSSIAN), encoded("koi8-r", "base64"))),
    Variant("b-16-finnish", "Mail in Finnish.", language(FINNISH)),
    Variant("b-16-subject", "The subject tells the code, too.",
            setting(mail_subject="{code} is your authentication code")),
    Variant("b-16-subject-alone", "The subject tells the code, and nothing else does.",
            both(setting(mail_subject="{code} is your authentication code"),
                 texts(lambda shown, sentences: f"You find it above. {sentences[1]}\n"))),
    Variant("b-16-numbers", "Years, phone numbers, a ticket and a colour beside the code.", texts(among_numbers)),
    Variant("b-16-sentence", "The code stands in a sentence.", texts(in_a_sentence)),
    Variant("b-16-footer", "Twenty kilobytes of fine print below the code.", texts(with_footer)),
)  # fmt: skip

WAYS = (
    Variant("b-20-3s", "Mail takes three seconds.", delayed(3)),
    Variant("b-20-chance", "Mail takes up to two and a half seconds, and later mails may come first.",
            setting(post=late_by_chance)),
    Variant("b-56-named", "Mail with names beside its addresses, and a subject over two lines.",
            head(To='"Doe, Alice" <{to}>', From="=?utf-8?b?U2ljaGVyaGVpdA==?= <no-reply@lab.test>",
                 Subject="Authentication\r\n code")),
    Variant("b-56-undisclosed", "Mail that names no recipient.", head(To="undisclosed-recipients:;")),
    Variant("b-56-no-id", "Mail without an id, dated three hours back.",
            head(Message_ID="", Date="Sat, 31 Jan 2026 10:00:00 -0300")),
    Variant("b-56-copied", "Every mail with a code is delivered twice, the same to the last byte.",
            setting(post=lambda state, mail: (mail, mail))),
    Variant("mail-twice", "Every code is mailed twice.", setting(post=twice)),
    Variant("mail-notices", "Every mail with a code comes between two that have none.", setting(post=among_notices)),
)  # fmt: skip

ROWS = (*FORMS, *WORDS, *WAYS)
