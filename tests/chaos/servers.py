"""IMAP servers that refuse, break off, number anew, or fall silent. What they do is said in behaviours.py."""

from __future__ import annotations

import asyncio
import re

from .wire import Honest, Over, Talk


class LateGreeting(Honest):
    async def greet(self, talk: Talk, line: bytes) -> None:
        await asyncio.sleep(0.3)
        await talk.say(line)


class Refuses(Honest):
    """Refuses the command of its name; `first` and `last` say which of them, counted over the run."""

    name, word, first, last = "FETCH", "NO", 2, 3

    async def command(self, talk: Talk, line: bytes) -> None:
        if talk.command == self.name and self.first <= self.asked[self.name] <= self.last:
            await talk.refuse(self.word)
        else:
            await talk.ask(line)


def refuses(name: str, word: str, first: int = 2, last: int = 3) -> type[Honest]:
    return type("Refuses", (Refuses,), {"name": name, "word": word, "first": first, "last": last})


class HangsUp(Honest):
    """Ends the connection at every third command, so that logins and folders have to be asked for anew."""

    async def command(self, talk: Talk, line: bytes) -> None:
        if talk.command in ("NOOP", "SEARCH") and not (self.asked["NOOP"] + self.asked["SEARCH"]) % 3:
            raise Over
        await talk.ask(line)


class RefusesLoginAgain(HangsUp):
    async def command(self, talk: Talk, line: bytes) -> None:
        if talk.command == "LOGIN" and not self.asked["LOGIN"] % 2:
            await talk.refuse("NO")
        else:
            await super().command(talk, line)


class RefusesFolderAgain(HangsUp):
    async def command(self, talk: Talk, line: bytes) -> None:
        if talk.command == "EXAMINE" and not self.asked["EXAMINE"] % 2:
            await talk.refuse("NO")
        else:
            await super().command(talk, line)


class EndsInMail(Honest):
    async def answer(self, talk: Talk, answer: bytes) -> None:
        if talk.command == "FETCH" and b"BODY[" in answer and self.asked["FETCH"] in (1, 3):
            await talk.say(answer[: len(answer) // 2])
            raise Over
        await talk.say(answer)


class EndsIdling(Honest):
    async def answer(self, talk: Talk, answer: bytes) -> None:
        await talk.say(answer)
        if talk.command == "IDLE" and answer.startswith(b"+"):
            raise Over


class SaysGoodbye(Honest):
    async def command(self, talk: Talk, line: bytes) -> None:
        if talk.command == "IDLE":
            await talk.say(b"* BYE going down\r\n")
            raise Over
        await talk.ask(line)


class NewsBeforeIdling(Honest):
    async def command(self, talk: Talk, line: bytes) -> None:
        if talk.command == "IDLE":
            await talk.say(b"* 7 EXISTS\r\n")
        await talk.ask(line)


class NumbersAnew(HangsUp):
    """Another UIDVALIDITY at each connection."""

    async def answer(self, talk: Talk, answer: bytes) -> None:
        anew = rb"UIDVALIDITY \g<1>%d" % self.connections
        await talk.say(re.sub(rb"UIDVALIDITY (\d+)", anew, answer))


class ShortStatus(HangsUp):
    """STATUS without UIDNEXT, and from the second connection on none at all."""

    async def answer(self, talk: Talk, answer: bytes) -> None:
        if answer.startswith(b"* STATUS"):
            answer = re.sub(rb"UIDNEXT \d+ ?", b"", answer) if self.connections % 2 else b""
        await talk.say(answer)


class Silent(Honest):
    """Answers nothing any more once the first mail was fetched; `lines` are what it says instead, for as long as it can."""

    lines = b""

    async def command(self, talk: Talk, line: bytes) -> None:
        if self.asked["FETCH"] < 3:
            await talk.ask(line)
            return
        while self.lines:
            await talk.say(self.lines)
            await asyncio.sleep(0.05)


class Talkative(Silent):
    lines = b"* OK one moment please\r\n"


class Drips(Silent):
    lines = b"*"


class NeverGreets(Honest):
    async def greet(self, talk: Talk, line: bytes) -> None:
        while True:
            await talk.say(b"*")
            await asyncio.sleep(0.05)


class TurnsAway(Honest):
    """Ends every connection but the first before it is greeted, and that one after the first mail."""

    async def greet(self, talk: Talk, line: bytes) -> None:
        if self.connections > 1:
            raise Over
        await talk.say(line)

    async def command(self, talk: Talk, line: bytes) -> None:
        if self.asked["FETCH"] > 2:
            raise Over
        await talk.ask(line)
