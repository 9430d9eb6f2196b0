"""What servers get wrong and no fault here shows yet, by id, with the reason in one sentence.

The ids are those of the list of faults that the lab draws on. A fault whose behaviour is seeded under another id is named
with it.
"""

UNSEEDED: dict[str, str] = {
    # seeded under another id
    "ch-codegen-string": "Seeded as cg-generated-string and cg-generated-number.",
    "ch-null-optionals": "Seeded as cg-count-null and cg-expires-null.",
    "cg-constant": "Every row that tells one code from another turns red beside code.varies.",
    "cc-count-race": "What it shows is cg-count-off-by-one; that it takes a race cannot be told from outside.",
    "cg-accumulates": "Seeded as sc-earlier-survives: classic allows several codes at once.",
    "en-200-error": "Seeded as en-200-challenge and en-200-refusal.",
    "en-success-lies": "Seeded per route: se-none-on-success, de-no-effect, se-removal-idle, se-own-info-idle.",
    "vf-empty": "Seeded as hd-empty-code-bypass.",
    "cg-time-derived": "Seeded as cg-sequential and cg-fixed-step, of which the suites can see the pattern.",
    # bytes that the suites do not send
    "hd-underscore-alias": "No test spells a header's name with underscores.",
    "rb-charset": "No test sends a body in UTF-16.",
    "en-dup-keys": "Needs a parser that reports a key that stands twice.",
    # statistics
    "cg-no-leading-zero": "Statistical: takes sixty codes and is right by chance once in five hundred times.",
    "vf-leading-zero-refused": "Statistical: one code in ten begins with a zero.",
    "sc-timing-enum": "Statistical: takes two hundred times of each kind.",
    "tm-prefix-compare": "Statistical: takes two hundred times of each kind.",
    # time
    "cg-expires-slides": "No test compares the dates of one code in two challenges.",
    "cg-never-expires": "It breaks three rows at once: the refusal, the new code, and the lifetime.",
    "vf-totp-zero-window": "What it does depends on the second of the step in which it is asked.",
    "vf-totp-replay-next": "Needs a code that is used again in the step after its own.",
    "vf-totp-older": "Needs the code of a step before one that was used.",
    "tm-slow-wrong": "No test asserts how long a reply takes.",
    "tm-sync-mail": "No test asserts how long a reply takes.",
    "hd-long-hang": "A reply that never comes is inconclusive: no row is about it.",
    "rb-hang-input": "A reply that never comes is inconclusive: no row is about it.",
    "cc-deadlock": "A reply that never comes is inconclusive: no row is about it.",
    "rb-crash": "Ends the target for every test after it.",
    # calls at the same time
    "cc-totp-double": "The test of calls at once sends a code from a mail alone.",
    "cc-backup-double": "The test of calls at once sends a code from a mail alone.",
    "cc-parallel-challenges": "No test asks for several first challenges at once.",
    "cc-effect-race": "No test sends a right and a wrong code at once.",
    "cc-response-mixup": "Would give the reply of one test to another that runs at the same time.",
    "dl-other-users-code": "Would give the code of one test to another that runs at the same time.",
    # mail
    "rb-smtp-down-open": "Needs an outage of the target's mail.",
    "rb-smtp-down-hang": "Needs an outage of the target's mail.",
    "rb-smtp-down-lies": "Needs an outage of the target's mail.",
    "dl-reply-before-queue": "Needs an outage of the target's mail.",
    "dl-bcc-admin": "The mailbox of a run does not see what goes to other mailboxes.",
    "dl-html-only": "Legal: the page does not say of which parts a mail consists.",
    "dl-image-code": "The lab draws no pictures; it would show as dl-code-missing does.",
    "dl-subject-code": "No row is about the subject of a mail.",
    "dl-console-log": "Not to be seen from outside.",
    "dl-host-header": "The mails of the lab hold no link.",
    "dl-get-link-verifies": "The mails of the lab hold no link.",
    "dl-smtp-injection": "No test sends a line break in a name.",
    "dl-name-html": "No test reads a mail for the name of its user.",
    "de-no-notice": "Neither edition tells its users; no row asks for it.",
    "se-notify-on-refusal": "Neither edition mails a notice of a change.",
    # no test looks there
    "ch-payload-leak": "No test looks for the protected data in a challenge.",
    "ch-address-leak": "No test looks for addresses in the challenge of a login.",
    "en-204-success": "204 without a body is accepted for a success by the row that is about it.",
    "hd-unicode-digits": "No test looks at what becomes of a right code in full-width digits.",
    "ms-enrol-during-challenge": "No test enrols with a session that was challenged.",
    "ms-priority-insecure": "It breaks three rows at once: the method, its place in the list, and the digest.",
    "vf-reuse-normalised": "A used code is sent again as it was, not in another spelling.",
    "vf-totp-setup-reuse": "Legal in the product: the code that confirms may answer a call.",
    "vf-challenge-echo": "No test sends a hash beside a code.",
    "iv-distance-oracle": "No test compares the refusals of near and far guesses.",
    "iv-counter-leak": "No test compares refusals of two users.",
    "se-partial": "The protected call of the suites changes one field.",
    "rb-405-as-200": "No test asks with a verb that a route does not have, GET aside.",
    "rb-options-leak": "No test asks with OPTIONS.",
}
