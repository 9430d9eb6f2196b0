"""A user's mails as letters: what they hold beside their codes, and whom else they went to.

A driver like attempt.py: it never asserts. On a tape there are no mails; what was counted in them is what counts there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from conformance.binding import at_path
from conformance.mail import Letter
from conformance.mail_contents import has_element, links_to, mentions, misdirected, shows_in_subject
from conformance.model import Call, Code, Granted
from conformance.outcomes import NotApplicable
from conformance.world import Live

if TYPE_CHECKING:
    from conformance.users import User

_MOST_LINKS: Final = 5
_UNTOLD: Final = -1
_KEY: Final = 16
"""Signs from which on a part of a link may be what it is good for."""


class Mails:
    """All mails of one user."""

    def __init__(self, user: User) -> None:
        self._user = user

    def mentioning(self, word: str) -> int:
        """How many of them hold a word, be it where no reader sees it."""
        return self._count(lambda letter: mentions(letter, word))

    def notices_of(self, word: str) -> int:
        """How many of those that show no code hold a word. One with a code may well say what the code is for."""

        def look(live: Live) -> int:
            letters = live.deliveries(self._user.account.email)
            told = [letter for letter in letters if mentions(letter, word)]
            return sum(not any(found.sure for found in live.rank(letter)) for letter in told)

        return self._user.recorder.count(look)

    def with_field(self, name: str) -> int:
        """How many of them have a field of this name in their header."""
        return self._count(lambda letter: name.lower() in letter.fields)

    def with_element(self, tag: str, word: str) -> int:
        """How many of them hold a word in an element of this kind, as a browser reads them."""
        return self._count(lambda letter: has_element(letter, tag, word))

    def with_subject(self, code: Code) -> int:
        """How many of them show a code in their subject."""
        return self._count(lambda letter: shows_in_subject(letter, code))

    def delivered_elsewhere(self) -> int:
        """How many of those that show a code of this test were delivered to an address that is not the user's. They are
        seen where that address leads to the mailbox, too."""
        own, codes = self._addresses(), {code.compact for code in self._user.inbox.known.values()}

        def look(live: Live) -> int:
            letters = live.deliveries(self._user.account.email)
            shown = [letter for letter in letters if codes & {found.code.compact for found in live.rank(letter)}]
            found = misdirected(shown, own)
            return _UNTOLD if found is None else found

        count = self._user.recorder.count(look)
        if count == _UNTOLD:
            raise NotApplicable("the mailbox does not tell to which address a mail was delivered")
        return count

    def open_links(self) -> None:
        """Open the links in them that lead to the target, as programs do that look at mails before their readers."""
        recorder, owner = self._user.recorder, self._user.account
        links: list[str] = []

        def look(live: Live) -> int:
            letters = live.deliveries(owner.email)
            links.extend(path for letter in letters for path in links_to(letter, live.base_url) if path not in links)
            return len(links[:_MOST_LINKS])

        count, recorded = recorder.count(look), recorder.recorded()
        if not count:
            raise NotApplicable("the mails hold no link to the target")
        for key in _keys(links, {owner.user_id, owner.username, owner.email}):
            recorder.keep_secret(key, f"{owner.name}.link")
        for path in links[:count] if recorded is None else [request.path for request in recorded[:count]]:
            recorder.offer(Call(f"GET {path}"))

    def _count(self, holds: Callable[[Letter], bool]) -> int:
        address = self._user.account.email
        return self._user.recorder.count(lambda live: sum(map(holds, live.deliveries(address))))

    def addresses(self) -> set[str]:
        """The address that the account was made with, and what else the target shows as the user's: some have two."""
        return {self._user.account.email.lower(), *(self._shown_addresses() or ())}

    def _addresses(self) -> set[str]:
        """All addresses of the account: the target may send to every one that is verified."""
        shown = self._shown_addresses()
        if shown is None:
            raise NotApplicable("the target does not show which addresses the account has")
        return {self._user.account.email.lower(), *shown}

    def _shown_addresses(self) -> set[str] | None:
        user = self._user
        if user.account.given:
            reply, path = user.call(user.recorder.binding.me), "emails"
        else:
            reply = user.provider.call(user.recorder, f"GET users.info?userId={user.account.user_id}")
            path = "user.emails"
        emails = at_path(reply.body, path) if isinstance(reply, Granted) else None
        if not isinstance(emails, list):
            return None
        shown = (at_path(email, "address") for email in emails)
        return {address.lower() for address in shown if isinstance(address, str)}


def _keys(links: list[str], known: set[str]) -> Iterator[str]:
    """The parts of links that nobody is to read in a log: whatever is long in a query, and in a path what is no word."""
    for link in map(urlsplit, links):
        named = [part for part in link.path.split("/") if any(sign.isdigit() for sign in part) and "." not in part]
        yield from (
            part
            for part in (*named, *(value for _, value in parse_qsl(link.query)))
            if len(part) >= _KEY and part not in known
        )
