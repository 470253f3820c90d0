"""Each benchmark runs, at a size at which its figures say nothing."""

from __future__ import annotations

import pytest

from bench import burst, claim, dispatch, likes, own, reads, reputation, scale, start, tick, writers
from bench.__main__ import main
from bench.table import Result, aligned, at_least, at_most, markdown


@pytest.mark.slow
def test_likes_are_measured() -> None:
    results = likes.measure(likes=8, rounds=1)
    assert [result.met is None for result in results] == [False, False, False, True]


@pytest.mark.slow
def test_writers_are_measured() -> None:
    assert len(writers.measure(operations=40, rounds=1)) == 2


@pytest.mark.slow
def test_reputation_is_measured() -> None:
    update, rebuild = reputation.measure(number=8, before=8, rounds=1, groups=2, each=60)
    assert update.target == "≤ 2 ×"
    assert rebuild.target.startswith("≤ ")


@pytest.mark.slow
def test_reads_are_measured() -> None:
    (result,) = reads.measure(views=20, rounds=1)
    assert "10 statements" in result.what


def test_dispatch_is_measured() -> None:
    (result,) = dispatch.measure(calls=3, rounds=1)
    assert "31 commands" in result.what


@pytest.mark.slow
def test_ticks_are_measured_on_both_engines(postgres_server: str) -> None:
    results = tick.measure(few=3, many=6, ticks=2, rounds=1)
    assert [result.what.split(":")[0] for result in results] == ["tick, SQLite"] * 2 + ["tick, PostgreSQL"] * 2


@pytest.mark.slow
def test_claims_are_measured(postgres_server: str) -> None:
    results = claim.measure(few=20, many=40, due=10, rounds=1)
    assert [result.what.split(":")[0] for result in results] == [
        "claim of 50, PostgreSQL",
        "due, PostgreSQL",
        "due, SQLite",
    ]


@pytest.mark.slow
def test_bursts_are_measured() -> None:
    at_one_time, in_all = burst.measure(posts=10, rounds=1)
    assert (at_one_time.target, in_all.target) == ("≤ 0.1 ×", "")


@pytest.mark.slow
def test_many_groups_are_weighed(postgres_server: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert scale.main(groups=3) == 0
    told = capsys.readouterr().out
    assert told.startswith("3 groups, 93 members, week 3 of 6")
    assert "3 members looked after at one instant: decided" in told


@pytest.mark.slow
def test_starts_are_measured() -> None:
    *_, memory, imports = start.measure(starts=1, idle=0)
    assert memory.figure.endswith(" MB")
    assert "sqlalchemy" in imports.context


@pytest.mark.slow
def test_what_is_ones_own_is_measured() -> None:
    results = own.measure(badges=2, items=5, rounds=1)
    assert [result.what.split()[0] for result in results] == ["2", "2", "portfolio", "my", "erasing"]
    assert all(result.target for result in results)


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["like"]) == 2
    assert "no benchmark “like”; there are likes, writers" in capsys.readouterr().err


def test_the_table_says_which_targets_are_met() -> None:
    results = [
        at_most("CPU", 2.5, 8, "250 : 100"),
        at_least("rate", 2.0, 3, ""),
        Result("memory", "88 MB"),
    ]
    assert aligned(results).splitlines() == [
        "CPU     2.50 ×  ≤ 8 ×  met",
        "    250 : 100",
        "rate    2.0 ×   ≥ 3 ×  MISSED",
        "memory  88 MB",
    ]
    page = markdown(results, ["**CPU**: of both."], load=1.25)
    assert "Written by `./run bench` on 20" in page
    assert "| rate | 2.0 × | ≥ 3 × | MISSED |  |" in page
    assert page.endswith("- **CPU**: of both.\n")
