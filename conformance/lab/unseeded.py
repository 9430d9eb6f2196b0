"""What servers get wrong and no fault here shows yet, by id, with the reason in one sentence.

The ids are those of the list of faults that the lab draws on. A fault whose behaviour is seeded under another id is named
with it.
"""

UNSEEDED: dict[str, str] = {
    # seeded under another id
    "sc-resets-attempts": "Seeded as rl-new-code-resets.",
    # statistics
    "sc-timing-enum": "Statistical: takes two hundred times of each kind.",
    # time
    "ee-not-persisted": "Needs a look after a minute, or a restart of the target.",
    # calls at the same time
    "rl-parallel": "Guesses are sent one after another.",
    "rb-crash": "A run cannot go on against a server that is gone: everything is inconclusive, and a network that failed would look alike.",
    # mail
    "rb-smtp-down-hang": "Only who runs the target can take its mail down while a call waits for it.",
    "rb-smtp-down-lies": "The honest lab answers before it hands its mails over, which is legal, and cannot know what becomes of them.",
    "dl-reply-before-queue": "The honest lab answers before it hands its mails over, which is legal, and cannot know what becomes of them.",
    "dl-html-only": "Legal, and there as the variant b-15.",
    "dl-console-log": "Not to be seen from outside.",
    "de-no-notice": "Neither edition tells its users; no row asks for it.",
    # no test looks there
    "vf-totp-setup-reuse": "Legal in the product: the code that confirms may answer a call.",
    "pw-target-user": "Needs the right to edit another user, which test accounts do not have.",
    "pw-no-password-user": "Needs an account without a password, which users.create does not make.",
    "pw-unicode-norm": "The passwords of test accounts are ASCII.",
    "pw-replay-after-change": "No test changes a password within a trust window.",
    "sc-empty-accepted": "No test sends an empty name.",
    "sc-array-other-user": "Seen as any wrong list is: sc-array-wrong.",
    "sc-user-object-leak": "No test looks at the members of a reply to a resend.",
    "sc-auth-token-leak": "No test looks at the members of a reply to a resend.",
    "sc-query-only": "Every test would be without a resend: sc-no-mail shows the same rows.",
    "sc-limit-blocks-victim": "No test asks for a code after somebody else has asked for too many.",
    "sc-verifies-mail": "No test enables e-mail after a resend to an address that is not verified.",
    "sc-deactivated-user": "No test account is deactivated.",
    "ee-global": "Would switch the method on for users of tests that run at the same time.",
    "ee-leaks-code": "The reply would have to hold a code that is mailed by a later challenge.",
    "cc-trust-no-agent": "No test changes its user agent within a trust window.",
    "cc-trust-after-logout": "No test logs out within a trust window.",
    # limits
    "rl-cosmetic": "A limit that is told counts as one, whether or not the right code passes after it.",
    "rl-per-ip-only": "Needs a second address to ask from.",
    "rl-xff": "No test guesses with changing proxy headers.",
    "rl-per-method": "No test guesses by two methods in turn.",
    "rl-normalise": "No test guesses one code in several spellings.",
    "rl-only-exact-format": "No test guesses with codes of another length.",
    "rl-unsaved": "What it shows is rl-none.",
    "rl-forever": "No test waits until a lock has ended.",
    "rl-victim-lock": "No test guesses without credentials.",
    "rl-oracle": "No test compares the replies of a locked account.",
    "rl-not-reset": "No test guesses, succeeds and guesses again.",
}
