"""What servers get wrong and no fault here shows yet, by id, with the reason in one sentence.

The ids are those of the list of faults that the lab draws on. A fault whose behaviour is seeded under another id is named
with it.
"""

UNSEEDED: dict[str, str] = {
    # calls at the same time
    "rb-crash": "A run cannot go on against a server that is gone: everything is inconclusive, and a network that failed would look alike.",
    # mail
    "rb-smtp-down-hang": "Only who runs the target can take its mail down while a call waits for it.",
    "rb-smtp-down-lies": "The honest lab answers before it hands its mails over, which is legal, and cannot know what becomes of them.",
    "dl-reply-before-queue": "The honest lab answers before it hands its mails over, which is legal, and cannot know what becomes of them.",
    "dl-html-only": "Legal, and there as the variant b-15.",
    "dl-console-log": "Not to be seen from outside.",
    "de-no-notice": "Neither edition tells its users, so the honest lab has no notice that could be left out.",
    # what the product does
    "vf-totp-setup-reuse": "Legal in the product: the code that confirms may answer a call.",
}
