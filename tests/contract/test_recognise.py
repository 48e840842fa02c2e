"""Careers and posting addresses as people paste them, and what they are in config.yaml."""

from __future__ import annotations

import pytest

from jobdigest.collect.sources.registry import load_kinds

KINDS = load_kinds()
KNOWN = {
    "greenhouse": {
        "https://boards.greenhouse.io/anthropic": "anthropic",
        "https://job-boards.greenhouse.io/deepmind/jobs/4012345?gh_src=x": "deepmind",
        "https://job-boards.eu.greenhouse.io/helsing": "helsing",
        "https://boards.greenhouse.io/embed/job_board?for=xai": "xai",
        "https://boards.greenhouse.io/embed/job_board/js?for=scaleai&b=https://scale.com/careers": "scaleai",
        "https://boards.greenhouse.io/embed/job_app?token=4012345&for=databricks": "databricks",
        "https://boards-api.greenhouse.io/v1/boards/anthropic/jobs?content=true": "anthropic",
    },
    "lever": {
        "https://jobs.lever.co/palantir/3414ba28-35f7-45d3-8e13-35c883959600/apply": "palantir",
        "jobs.lever.co/palantir": "palantir",
        "https://jobs.eu.lever.co/mistral": "eu/mistral",
        "https://api.eu.lever.co/v0/postings/mistral?mode=json": "eu/mistral",
        "https://api.lever.co/v0/postings/palantir": "palantir",
    },
    "ashby": {
        "https://jobs.ashbyhq.com/openai": "openai",
        "https://jobs.ashbyhq.com/mistral.ai/443368a3-6276-4b90-9671-27fed40fd6d2/application": "mistral.ai",
        "https://jobs.ashbyhq.com/Acme%20Labs?embed=js": "Acme Labs",
        "https://api.ashbyhq.com/posting-api/job-board/cohere": "cohere",
    },
    "workday": {
        "https://nvidia.wd5.myworkdayjobs.com/NVIDIAExternalCareerSite": "nvidia.wd5/NVIDIAExternalCareerSite",
        "https://nvidia.wd5.myworkdayjobs.com/en-US/Careers/job/US-CA/Job_JR1?x=1": "nvidia.wd5/Careers",
        "https://nvidia.wd5.myworkdayjobs.com/wday/cxs/nvidia/Careers/jobs": "nvidia.wd5/Careers",
    },
    "workable": {
        "https://apply.workable.com/acme/": "acme",
        "https://apply.workable.com/acme/j/DD136DD7E7/": "acme",
        "https://apply.workable.com/api/v1/widget/accounts/acme?details=true": "acme",
        "https://acme.workable.com/jobs/1": "acme",
    },
    "smartrecruiters": {
        "https://jobs.smartrecruiters.com/Acme1/743999706414750-ml-engineer": "Acme1",
        "https://careers.smartrecruiters.com/Acme1": "Acme1",
    },
    "recruitee": {"https://acme.recruitee.com/o/ml-engineer": "acme"},
    "personio": {
        "https://acme.jobs.personio.de/job/12": "acme",
        "https://acme.jobs.personio.com": "acme.jobs.personio.com",
    },
    "teamtailor": {
        "https://acme.teamtailor.com/jobs/1-x": "acme",
        "https://acme.na.teamtailor.com/jobs": "acme.na.teamtailor.com",
    },
    "gem": {"https://jobs.gem.com/acme/am9icG9zdDox": "acme"},
    "rippling": {
        "https://ats.rippling.com/acme/jobs": "acme",
        "https://ats.rippling.com/en-GB/acme/jobs/2f0674e6-f01f-4ecd-b459-e947241c211f": "acme",
    },
    "pinpoint": {"https://acme.pinpointhq.com/en/postings/a24": "acme"},
    "bamboohr": {"https://acme.bamboohr.com/careers/86": "acme"},
    "breezy": {"https://acme.breezy.hr/p/98323abf2296-ml": "acme"},
    "eightfold": {"https://acme.eightfold.ai/careers?domain=acme.com": "acme"},
    "oracle": {
        "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/25587": (
            "acme.fa.us2.oraclecloud.com/CX_1"
        )
    },
}
UNKNOWN = (
    "https://www.greenhouse.io/blog",
    "https://www.workable.com/pricing",
    "https://apply.workable.com/j/DD136DD7E7",
    "https://www.lever.co/",
    "https://app.teamtailor.com/login",
    "https://example.com/?next=https://jobs.lever.co/palantir",
    "https://boards.greenhouse.io/",
    "not an address",
    "",
)


@pytest.mark.parametrize(("name", "url"), [(name, url) for name, urls in KNOWN.items() for url in urls])
def test_address_is_recognised_by_its_kind_alone(name: str, url: str) -> None:
    found = {kind.name: value for kind in KINDS.values() if (value := kind.recognise(url))}
    assert found == {name: KNOWN[name][url]}


@pytest.mark.parametrize(("name", "value"), [(name, v) for name, urls in KNOWN.items() for v in urls.values()])
def test_a_value_is_not_taken_for_another_kinds_address(name: str, value: str) -> None:
    again = KINDS[name].recognise(value)
    assert again in (None, value)


@pytest.mark.parametrize("url", UNKNOWN)
def test_other_addresses_are_left_alone(url: str) -> None:
    assert not [kind.name for kind in KINDS.values() if kind.recognise(url)]


def test_every_employers_board_is_recognised() -> None:
    boards = {kind.name for kind in KINDS.values() if kind.direct and kind.needs_value}
    assert boards - {"jsonld", "sitemap"} == set(KNOWN)
