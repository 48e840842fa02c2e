"""What an address names and whether it may be fetched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.url import ats_identity, canonical, host, is_public_https, registrable_domain
from support.growth import is_linear

U = "0f5b1c3e-1111-4222-8333-444455556666"


@pytest.mark.parametrize(
    ("identity", "urls"),
    [
        (
            "greenhouse:4012345",
            [
                "https://boards.greenhouse.io/acme/jobs/4012345",
                "https://job-boards.greenhouse.io/acme/jobs/4012345?gh_src=x#app",
                "https://job-boards.eu.greenhouse.io/acme/jobs/4012345",
                "https://boards-api.greenhouse.io/v1/boards/acme/jobs/4012345?content=true",
                "https://boards.greenhouse.io/embed/job_app?for=acme&token=4012345",
                "http://www.acme.com/careers/ml?utm_source=x&gh_jid=4012345",
                "https://app.careerpuck.com/job-board/acme/job/9?gh_jid=4012345",
            ],
        ),
        (
            f"lever:{U}",
            [f"https://jobs.lever.co/x/{U}", f"https://jobs.eu.lever.co/x/{U.upper()}/apply?lever-source=LI"],
        ),
        (
            f"ashby:{U}",
            [f"https://jobs.ashbyhq.com/x/{U}/application?embed=true", f"https://acme.com/jobs?ashby_jid={U}"],
        ),
        (
            "workable:247df877df",
            [
                "https://apply.workable.com/acme/j/247DF877DF/",
                "https://apply.workable.com/j/247DF877DF/apply",
                "https://acme.workable.com/jobs/247DF877DF",
            ],
        ),
        (
            "smartrecruiters:744000099235346",
            [
                "https://jobs.smartrecruiters.com/Acme/744000099235346-ml-engineer?oga=true",
                "https://api.smartrecruiters.com/v1/companies/acme/postings/744000099235346",
            ],
        ),
        (
            "workday:nxp:r-10048890",
            [
                "https://nxp.wd3.myworkdayjobs.com/en-US/careers/details/Nijmegen/Verification-intern_R-10048890",
                "https://nxp.wd3.myworkdayjobs.com/careers/job/Nijmegen/Verification-intern_R-10048890-1/apply",
                "https://wd5.myworkdaysite.com/recruiting/nxp/Careers/job/X/Verification_R-10048890",
            ],
        ),
        ("workday:a:jr-2024-12", ["https://a.wd1.myworkdayjobs.com/s/job/x/T_JR-2024-12?src=LinkedIn"]),
        ("recruitee:acme:ml-engineer", ["https://acme.recruitee.com/o/ml-engineer/c/new"]),
        (
            "personio:acme:123",
            ["https://acme.jobs.personio.de/job/123?language=en", "https://acme.jobs.personio.com/job/123"],
        ),
        ("teamtailor:acme:771", ["https://acme.teamtailor.com/jobs/771-ml", "https://acme.na.teamtailor.com/jobs/771"]),
        ("bamboohr:acme:31", ["https://acme.bamboohr.com/careers/31", "https://acme.bamboohr.com/jobs/view.php?id=31"]),
        ("icims:docusign:26679", ["https://uscareers-docusign.icims.com/jobs/26679/software-engineer-intern/job"]),
        (
            "oracle:jpmc:210530348",
            ["https://jpmc.fa.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1001/job/210530348"],
        ),
        ("eightfold:aexp:24562583", ["https://aexp.eightfold.ai/careers/job/24562583?domain=aexp.com"]),
        ("jobvite:oeP3sfwi", ["https://jobs.jobvite.com/src-inc/job/oeP3sfwi?nl=1"]),
        ("jazzhr:ytYASBribp", ["http://acme.applytojob.com/apply/ytYASBribp/Java-Engineer"]),
        (
            "linkedin:3832935582",
            [
                "https://www.linkedin.com/jobs/view/3832935582",
                "https://de.linkedin.com/jobs/view/ml-at-x-3832935582?trk=y",
            ],
        ),
        ("indeed:10c61cdecdca9018", ["https://in.indeed.com/viewjob?jk=10c61cdecdca9018&from=serp"]),
    ],
)
def test_one_vacancy_has_one_identity(identity: str, urls: list[str]) -> None:
    assert {ats_identity(url) for url in urls} == {identity}
    assert len({canonical(url) for url in urls}) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://boards.greenhouse.io/acme",
        "https://jobs.lever.co/acme",
        "https://nxp.wd3.myworkdayjobs.com/careers",
        "https://evil.com/greenhouse.io/jobs/4012345",
        "https://greenhouse.io.evil.com/x/jobs/4012345",
        "https://acme.com/jobs/4012345",
        "mailto:x@y.z",
        "",
    ],
)
def test_no_identity(url: str) -> None:
    assert ats_identity(url) is None


def test_identities_differ() -> None:
    urls = [
        "https://acme.bamboohr.com/careers/31",
        "https://other.bamboohr.com/careers/31",
        "https://acme.jobs.personio.de/job/31",
        "https://a.wd1.myworkdayjobs.com/s/job/x/T_R1234",
        "https://b.wd1.myworkdayjobs.com/s/job/x/T_R1234",
    ]
    assert len({ats_identity(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.Acme.com:80/Jobs/7/?utm_source=a&b=2&a=1#top", "https://acme.com/Jobs/7?a=1&b=2"),
        ("https://amazon.jobs/en/jobs/123/x", "https://www.amazon.jobs/jobs/123/apply"),
        ("https://acme.com/en-US/jobs//7/apply", "https://acme.com/jobs/7"),
        ("https://münchen.example/j/7", "https://xn--mnchen-3ya.example/j/7"),
        ("https://acme.com/j/é", "https://acme.com/j/%C3%A9"),
    ],
)
def test_canonical_unifies(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) is not None


def test_canonical_keeps_what_tells_jobs_apart() -> None:
    urls = [
        "https://acme.com/job?id=1",
        "https://acme.com/job?id=2",
        "https://acme.com/jobs/#en/sites/x/job/266783",
        "https://acme.com/jobs/#en/sites/x/job/266784",
        "https://acme.com/ml-engineer",
    ]
    assert len({canonical(url) for url in urls} - {None}) == len(urls)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.com/7",
        "ftp://a.b/7",
        "https://",
        "https://acme.com",
        "https://acme.com/en/careers/",
        "https://[::1/x",
        "http://a:99999/7",
    ],
)
def test_canonical_of_nothing_in_particular(url: str) -> None:
    assert canonical(url) is None


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("jobs.acme.co.uk", "acme.co.uk"),
        ("acme.com.au", "acme.com.au"),
        ("a.b.acme.com", "acme.com"),
        ("evil.github.io", "evil.github.io"),
        ("10.0.0.1", "10.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_registrable_domain(name: str, domain: str) -> None:
    assert registrable_domain(name) == domain


def test_host() -> None:
    assert host("HTTPS://Jobs.Acme.com.:443/x") == "jobs.acme.com"
    assert host("nonsense") is None


@pytest.mark.parametrize(
    "url", ["https://acme.com/j/1?x=y#z", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://acme.com:8443/"]
)
def test_public(url: str) -> None:
    assert is_public_https(url, False)


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.com/",
        "https://user@acme.com/",
        "https://user:pw@acme.com/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://017700000001/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00::1]/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://db.internal/",
        "https://printer.local/",
        "https://intranet/",
        "https://acme.com\\@127.0.0.1/",
        "https://acme.com/ x",
        "https://acme.com/\n",
        "https://999.1.1.1/",
        "https://acme.com/" + "x" * 2_000,
        "javascript:alert(1)",
        "https://[::1",
        "https://acme.com:99999/",
        "",
    ],
)
def test_not_public(url: str) -> None:
    assert not is_public_https(url, False)


def test_private_on_request() -> None:
    assert is_public_https("http://127.0.0.1:8000/x", True)
    assert not is_public_https("http://u:p@127.0.0.1:8000/x", True)
    assert not is_public_https("file:///etc/passwd", True)


@given(st.one_of(st.text(), st.text().map(lambda t: "https://" + t), st.text().map(lambda t: "https://acme.com/" + t)))
def test_no_text_breaks_it(url: str) -> None:
    once = canonical(url)
    assert once is None or once.startswith("https://")
    ats_identity(url)
    host(url)
    is_public_https(url, False)


@pytest.mark.parametrize("unit", ["/", "a/", "?gh_jid=", "-", "/jobs/view/", "&a=b", "%", "é", "_R-1"])
def test_linear(unit: str) -> None:
    host = "https://nxp.wd3.myworkdayjobs.com/"
    assert is_linear(lambda path: canonical(host + path), unit)
    assert is_linear(lambda path: is_public_https(host + path, False), unit)
