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
    # not to be told from a correct server
    "cc-trust-no-agent": "Today's product does not look at the User-Agent either, and a good server does not believe X-Real-IP.",
    "cg-no-leading-zero": "For one false alarm in a million runs it takes 132 codes, more than mail throttles allow a test.",
    "rl-forever": "NIST has an authenticator disabled for good after so many wrong codes: a lock for years is a correct server's.",
    "rl-per-method": "NIST counts by the authenticator: a limit of its own for each method is a correct server's.",
    "rl-victim-lock": "Takes tens of wrong passwords at the login, for which today's product shuts the run's own address out of it.",
    "sc-timing-enum": "With as few resends as throttles allow a network's noise would decide.",
    # what the product does
    "vf-totp-setup-reuse": "Legal in the product: the code that confirms may answer a call.",
}
