"""Announcements within one life: who is woken by them, and who sleeps on."""

from __future__ import annotations

import simpy

from sequencer.news import News
from sequencer.task import First


def happened(env: simpy.Environment, *events: simpy.Event) -> list[bool]:
    env.run()
    return [event.processed for event in events]


def test_news_wake_whoever_waits_for_any_and_for_just_that() -> None:
    env = simpy.Environment()
    news = News(env)
    any_, mine, others = news.next(), news.next("ups1"), news.next("ups2")
    any_.callbacks.append(lambda _: None)
    news.announce("ups1")
    assert happened(env, any_, mine, others) == [True, True, False]


def test_news_about_nothing_in_particular_wake_everybody() -> None:
    env = simpy.Environment()
    news = News(env)
    about = [news.next("ups1"), news.next("ups2")]
    news.announce()
    assert happened(env, *about) == [True, True]


def test_whoever_says_what_he_waits_for_sleeps_until_it_is_so() -> None:
    env = simpy.Environment()
    news = News(env)
    known: set[str] = set()
    answer = news.when(lambda: "ups1" in known)
    news.announce("ups2")
    assert happened(env, answer) == [False]
    known.add("ups1")
    assert happened(env, answer) == [False], "nobody has announced it"
    news.announce("ups2")
    assert happened(env, answer) == [True]


def test_what_comes_about_in_the_same_instant_as_the_news_counts() -> None:
    env = simpy.Environment()
    news = News(env)
    known: set[str] = set()
    answer = news.when(lambda: bool(known))
    news.announce("ups1")
    known.add("ups1")
    assert happened(env, answer) == [True]


def test_whoever_is_let_go_is_not_asked_any_more() -> None:
    env = simpy.Environment()
    news = News(env)
    asked: list[str] = []
    answer = news.when(lambda: bool(asked.append("asked")))
    first = First(env, answer, env.timeout(1.0))
    assert happened(env, first) == [True]
    news.announce()
    env.run()
    assert asked == []


def test_a_thousand_who_wait_for_something_else_cost_one_event_for_each_announcement() -> None:
    """120 silent UPSes and 500 servers that wait for their cut woke at every row of a peer."""
    env = simpy.Environment()
    news = News(env)
    for _ in range(1000):
        First(env, news.when(lambda: False), env.event())
    steps = 0
    for _ in range(50):
        news.announce("ups1")
        while env.peek() <= env.now:
            env.step()
            steps += 1
    assert steps == 50
