"""IMAP servers whose answers are odd. What they do is said in behaviours.py."""

from __future__ import annotations

import asyncio
import re

from .wire import Honest, Talk


class Slow(Honest):
    async def answer(self, talk: Talk, answer: bytes) -> None:
        await asyncio.sleep(0.05)
        await talk.say(answer)


class InPieces(Honest):
    """Forty-one bytes at a time: lines and literals are torn anywhere."""

    async def answer(self, talk: Talk, answer: bytes) -> None:
        for start in range(0, len(answer), 41):
            await talk.say(answer[start : start + 41])
            await asyncio.sleep(0.001)


class NoIdle(Honest):
    async def greet(self, talk: Talk, line: bytes) -> None:
        await talk.say(line.replace(b" IDLE", b""))

    async def answer(self, talk: Talk, answer: bytes) -> None:
        await talk.say(answer.replace(b" IDLE", b""))


class NewsOfNothing(Honest):
    async def answer(self, talk: Talk, answer: bytes) -> None:
        news = b"* 4711 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n* OK still here\r\n* 4710 EXPUNGE\r\n"
        await talk.say(answer if answer.startswith(b"+") else news + answer)


class ListsTooEarly(Honest):
    """Lists the next mail before it can be fetched; `times` says for how many looks."""

    times = 3

    async def answer(self, talk: Talk, answer: bytes) -> None:
        listed = [int(uid) for uid in answer.split()[2:]] if answer.startswith(b"* SEARCH") else []
        if listed and self.asked["SEARCH"] <= self.times:
            answer = answer.rstrip() + b" %d\r\n" % (max(listed) + 1)
        await talk.say(answer)


class ListsForever(ListsTooEarly):
    times = 10**6


class Expunges(Honest):
    """Of several new mails the first is expunged between SEARCH and FETCH, and every other one once it was fetched."""

    async def command(self, talk: Talk, line: bytes) -> None:
        uids = line.split()[3].split(b",") if talk.command == "FETCH" else []
        if b"HEADER" in line and len(uids) > 1:
            await self.expunge(talk, uids[0])
        await talk.ask(line)

    async def answer(self, talk: Talk, answer: bytes) -> None:
        await talk.say(answer)
        if b"BODY[]" in answer and (uid := re.search(rb"UID (\d+)", answer)):
            await self.expunge(talk, uid[1])

    async def expunge(self, talk: Talk, uid: bytes) -> None:
        """By another connection with the same login."""
        reader, writer = await asyncio.open_connection(*talk.server.get_extra_info("peername"))
        store = b"c UID STORE %s +FLAGS (\\Deleted)\r\n" % uid
        try:
            for command in (talk.login, b"b SELECT INBOX\r\n", store, b"d EXPUNGE\r\n"):
                writer.write(command)
                while not (await reader.readline()).startswith(command.split()[0]):
                    continue
        finally:
            writer.transport.abort()


class ShowsTheDeep(Honest):
    """A notice has become a mail with parts in parts, so many that no recursion reaches the last."""

    async def answer(self, talk: Talk, answer: bytes) -> None:
        if b"BODY[]" in answer and b"Somebody logged in" in answer:
            start = answer.index(b"\r\n") + 2
            mail = answer[start : start + int(answer[answer.index(b"{") + 1 : answer.index(b"}")])]
            head = mail.partition(b"\r\n\r\n")[0] + b"\r\n"
            parts = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1050))
            deep = head + b"".join(parts)
            answer = answer.replace(mail, deep).replace(b"{%d}" % len(mail), b"{%d}" % len(deep))
        await talk.say(answer)


class HandsOutLate(Honest):
    """OK to FETCH, and no mail, the first three times."""

    async def command(self, talk: Talk, line: bytes) -> None:
        if talk.command == "FETCH" and self.asked["FETCH"] <= 3:
            await talk.refuse("OK")
        else:
            await talk.ask(line)


class FetchesNil(Honest):
    async def answer(self, talk: Talk, answer: bytes) -> None:
        if b"BODY[]" in answer and self.asked["FETCH"] <= 4:
            uid = re.search(rb"UID \d+", answer)
            answer = b"* 1 FETCH (" + (uid[0] if uid else b"") + b" BODY[] NIL)\r\n"
        await talk.say(answer)


class NoNumbers(Honest):
    async def answer(self, talk: Talk, answer: bytes) -> None:
        if answer.startswith(b"* SEARCH") and self.asked["SEARCH"] in (2, 3):
            answer = b"* SEARCH what is this\r\n"
        await talk.say(answer)
