"""Codes by name: short values that several tests may meet, each under a name of its own."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.secrecy import Secrets

CODES = st.from_regex(r"[0-9]{6}|[A-Z0-9]{8}", fullmatch=True)


def two_views() -> tuple[Secrets, Secrets, Secrets]:
    """A run, and the views of two tests that met the same code."""
    run = Secrets()
    one, other = run.of("test_one"), run.of("test_other")
    one.add_code("123-456", "123456", "alice.email#1")
    other.add_code("123-456", "123456", "bob.email#3")
    return run, one, other


def test_each_test_has_its_own_name_for_the_same_code() -> None:
    """With another's name a recorded request could not be found again on a tape."""
    run, one, other = two_views()

    assert one.redact("123456 123-456") == "«alice.email#1» «alice.email#1»"
    assert other.redact("123456 123-456") == "«bob.email#3» «bob.email#3»"
    assert run.redact("123456") == "«alice.email#1»"


def test_a_code_that_only_another_test_knows_is_a_secret_all_the_same() -> None:
    run = Secrets()
    run.of("test_one").add_code("123-456", "123456", "alice.email#1")

    assert run.of("test_other").redact("123456") == "«alice.email#1»"


def test_a_name_that_a_test_gives_later_is_its_own_from_then_on() -> None:
    run = Secrets()
    one, other = run.of("test_one"), run.of("test_other")
    one.add_code("123456", "123456", "alice.email#1")

    assert other.redact("123456") == "«alice.email#1»"
    other.add_code("123456", "123456", "bob.email#1")
    assert other.redact("123456") == "«bob.email#1»"
    assert one.redact("123456") == "«alice.email#1»"


def test_within_a_test_the_first_name_of_a_code_stays() -> None:
    view = Secrets().of("test_one")
    view.add_code("123-456", "123456", "alice.email#1")
    view.add_code("123-456", "123456", "alice.guess#1")

    assert view.redact("123456") == "«alice.email#1»"


def test_a_test_has_one_view() -> None:
    run = Secrets()

    assert run.of("test_one") is run.of("test_one")
    assert run.of("test_one") is not run.of("test_other")


def test_passwords_and_tokens_have_one_name_for_all_tests() -> None:
    run = Secrets()
    run.of("test_one").add("a-long-password", "alice.password")
    run.of("test_other").add("a-long-password", "bob.password")

    assert {view.redact("a-long-password") for view in (run, run.of("test_one"), run.of("test_other"))} == {
        "«alice.password»"
    }


def test_a_code_that_is_also_a_password_s_text_is_found_by_the_test_s_own_name() -> None:
    run = Secrets()
    run.add("123456", "admin.password")
    view = run.of("test_one")
    view.add_code("123456", "123456", "alice.email#1")

    assert view.redact("123456") == "«alice.email#1»"
    assert run.redact("123456") == "«admin.password»"


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
@given(code=CODES)
def test_a_digest_of_a_code_is_replaced_wherever_it_stands(algorithm: str, code: str) -> None:
    """A code of six digits is found from its digest in no time."""
    digest = hashlib.new(algorithm, code.encode(), usedforsecurity=False).digest()
    view = Secrets().of("test_one")
    view.add_code(code, code, "x")

    assert view.redact(f"k{digest.hex()}k") == "k«x»k"
    assert view.redact(f"k{base64.b64encode(digest).decode()}k").rstrip("=k") == "k«x»"


@given(CODES, CODES)
def test_the_digest_of_another_code_stays(code: str, other: str) -> None:
    digest = hashlib.sha256((code + other).encode()).hexdigest()
    view = Secrets().of("test_one")
    view.add_code(code, code, "x")

    assert view.redact(digest) == digest


def test_a_digest_has_the_name_that_the_test_gave_its_code() -> None:
    _, one, other = two_views()
    digest = hashlib.sha256(b"123456").hexdigest()

    assert (one.redact(digest), other.redact(digest)) == ("«alice.email#1»", "«bob.email#3»")


def test_views_may_be_asked_for_by_many_threads_at_once() -> None:
    run = Secrets()

    def add(number: int) -> str:
        view = run.of(f"test_{number % 7}")
        view.add_code("123-456", "123456", f"x{number % 7}")
        return view.redact("123456") + str(number % 7)

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(add, range(500)))

    assert set(found) == {f"«x{number}»{number}" for number in range(7)}


@pytest.mark.parametrize("in_names", [True, False])
def test_a_weak_password_may_be_the_name_of_a_member(in_names: bool) -> None:
    run = Secrets()
    run.add("a-long-password", "p")
    view = run.of("test_one")
    run.add("user", "w")
    view.add_code("123456", "123456", "c")
    named = view.redact("a-long-password 123456 user", in_names=in_names)

    assert named == ("«p» «c» user" if in_names else "«p» «c» «w»")
