"""What no rule says but examples teach; the table is what its command makes of them."""

from __future__ import annotations

import pytest
from tools.train_safety import EXAMPLES, OUT, examples, table, train

from jobdigest.curate.safety import assess
from jobdigest.curate.wording import DOUBT, reading, touchy_in
from support.growth import is_linear

FRAUDS = [
    "You sign up at two brokers with your own papers and leave the log-in with our desk. Each one that is checked by"
    " camera earns you $120 in USDT the same night. Cousins may join, it takes ten minutes.",
    "Keep 400 USDT on the exchange we name and repeat what our robot does. The teacher writes when to press. Your level"
    " rises with the balance, and a tax of 8% is due before the profit can be withdrawn.",
]
HONEST = [
    "Our members lose balance and profit to people who name themselves teachers and ask for USDT. You study their"
    " wallets, train models with the fraud team and present to the bank each month. Hybrid in Madrid.",
    "You keep the exchange up: wallets, withdrawals, deposits and fees in Rust. On call one week in five. Salary is"
    " paid by bank transfer; four video calls and a paid task. Remote in Europe.",
]


def reasons(text: str) -> tuple[str, ...]:
    return assess(title="AI Assistant", company=None, url=None, salary=None, description=text)


@pytest.mark.parametrize("text", FRAUDS)
def test_a_new_fraud_reads_like_known_ones(text: str) -> None:
    assert any(reason.startswith("reads like known frauds (") for reason in reasons(text))


@pytest.mark.parametrize("text", HONEST)
def test_the_same_words_in_honest_work_do_not(text: str) -> None:
    assert reasons(text) == ()


SHORT = (
    "Parcels with telephones come to your door. You swap the sticker, take two pictures for our model and carry them to"
    " the post on the same day. There is no interview, a copy of your licence is enough, and the first wages arrive"
    " after the month of trial."
)
LONG = " You will join a group of nine who plan the routes of ferries, read the sea and write careful code." * 16


def test_a_short_text_is_judged_as_a_whole() -> None:
    assert reasons(SHORT)
    assert not any("reads like" in reason for reason in reasons(LONG + SHORT[:60] + LONG))


def test_a_whole_text_in_strange_words_is_doubted() -> None:
    known = touchy_in(SHORT.lower())
    strange = " ".join(f"q{chr(97 + at % 26)}x{chr(97 + at // 26)}q" for at in range(60))
    plain = reading([(SHORT.lower(), False)], known, []).whole
    doubted = reading([(SHORT.lower(), False), (strange, False)], known, []).whole
    assert plain - doubted == pytest.approx(DOUBT, abs=0.05)


def test_a_warning_touches_nothing() -> None:
    assert reasons("Beware of fake recruiters. " + FRAUDS[1]) == ()


def test_a_few_words_say_nothing() -> None:
    assert reasons("Profit in USDT, withdraw the balance.") == ()


def test_the_table_is_what_its_command_makes() -> None:
    assert table(train(examples(EXAMPLES.read_text("utf-8")))) == OUT.read_text("utf-8")


@pytest.mark.parametrize("unit", ["wallet deposit. ", "$5 ", "usdt", "profit % ", "a. ", "bank\n"])
def test_linear(unit: str) -> None:
    assert is_linear(reasons, unit)
