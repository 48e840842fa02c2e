"""One key per employer: legal suffixes, spelling, brands, an operator's aliases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.company import brand, company_key, read_aliases
from jobdigest.errors import ConfigError


@pytest.mark.parametrize(
    "names",
    [
        ("Hugging Face", "HuggingFace", "🤗 Hugging Face, Inc.", "hugging face"),
        ("SAP SE", "SAP", "SAP Labs India Pvt. Ltd."),
        ("The Boeing Company", "Boeing"),
        ("Robert Bosch GmbH", "Bosch Group", "Bosch"),
        ("Telefónica S.A.", "Telefonica"),
        ("Yandex Sp. z o.o.", "Yandex"),
        ("株式会社メルカリ", "株式会社メルカリ"),
        ("RBC - Royal Bank of Canada", "Royal Bank of Canada", "RBC"),
        ("D2L- Early Talent", "D2L"),
        ("HPE (University)", "Hewlett Packard Enterprise"),
        ("PricewaterhouseCoopers (PwC)", "PwC"),
        ("PlayStation Global", "PlayStation", "Sony Interactive Entertainment"),
        ("Slack", "Salesforce, Inc."),
        ("Johnson & Johnson", "Johnson and Johnson"),
        ("PlusAI", "Plus AI", "Plus"),
        ("Volkswagen Group of America", "Volkswagen AG"),
        ("DeepMind", "Google DeepMind"),
    ],
)
def test_names_of_one_employer(names: tuple[str, ...]) -> None:
    assert len({company_key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("American Airlines", "American Express"),
        ("Harris Computer", "L3Harris Technologies"),
        ("Bank of America", "Bank of Canada"),
        ("First Solar", "First Bank"),
        ("Redwood Logistics", "Redwood Materials"),
        ("OpenAI", "Open"),
        ("Applied Intuition", "Applied Materials"),
    ],
)
def test_names_of_two_employers(one: str, other: str) -> None:
    assert company_key(one) != company_key(other)
    assert company_key(one)


def test_a_line_of_business_only_matters_beside_the_same_role() -> None:
    assert company_key("Oscar Health") != company_key("Redwood Health")
    assert brand("redwoodmaterials") == brand("redwood")
    assert brand("americanenergy") == "americanenergy"


def test_no_name_has_no_key() -> None:
    assert company_key(None) == company_key("") == company_key(" - ") == ""


def test_aliases_go_before_the_table_and_are_followed() -> None:
    aliases = read_aliases(
        "# ours\nWaymo = Alphabet Inc.\n\nSlack = Slack Technologies  # on its own\nVerily=Waymo\n", "a.txt"
    )
    assert company_key("Waymo LLC", aliases) == company_key("Alphabet", aliases)
    assert company_key("Verily", aliases) == company_key("Alphabet")
    assert company_key("Anthropic", aliases) == "anthropic"


def test_every_bad_line_is_named() -> None:
    with pytest.raises(ConfigError) as raised:
        read_aliases("Brand\nA = B\nA = C\n = D\n", "aliases.txt")
    assert [problem.split(": ")[0] for problem in raised.value.problems] == [
        "aliases.txt:1",
        "aliases.txt:3",
        "aliases.txt:4",
    ]


def test_a_circle_of_aliases_ends() -> None:
    aliases = read_aliases("A1 = B1\nB1 = A1\n", "a.txt")
    assert company_key("A1", aliases) in ("a1", "b1")


@given(st.text(max_size=200))
def test_a_key_is_its_own_key(name: str) -> None:
    key = company_key(name)
    assert company_key(key) == key
    assert " " not in key


def test_long_names_are_cut() -> None:
    assert len(company_key("Inc. (" * 100_000)) <= 300
