"""R9-06 and what else `model:` is held against: it can only find fault, never make a site green."""

from __future__ import annotations

from dataclasses import replace

from sim.model import ArrayModel, ClusterModel, ServerModel
from teiden.rules.finding import Severity
from teiden.rules.registry import all_rules, called


def test_r9_06_a_cluster_that_typically_takes_longer_than_its_limit_is_an_error(
    found, reference, reference_model
) -> None:
    model = replace(reference_model, cluster=ClusterModel(stop_s=300.0))
    assert not found("R9-06", reference, model)
    (finding,) = found("R9-06", reference, replace(model, cluster=ClusterModel(stop_s=301.0)))
    assert (finding.severity, finding.path) == (Severity.ERROR, ("cluster", "shutdown_limit"))


def test_h1_a_server_that_typically_takes_longer_than_its_limit_is_a_warning(
    found, reference, reference_model
) -> None:
    model = replace(reference_model, servers={"rack1": ServerModel(shutdown_s=181.0)})
    (finding,) = found("H1", reference, model)
    assert finding.severity is Severity.WARNING
    assert not found("H1", reference, replace(model, servers={"rack1": ServerModel(shutdown_s=180.0)}))


def test_a1_a_flush_that_typically_takes_longer_than_the_limit_is_a_warning(
    found, reference, reference_model
) -> None:
    full = ArrayModel(dirty_bytes=301.0, flush_rate=1.0)
    (finding,) = found("A1", reference, replace(reference_model, arrays={"linkeddisk": full}))
    assert finding.severity is Severity.WARNING
    full = replace(full, dirty_bytes=300.0)
    assert not found("A1", reference, replace(reference_model, arrays={"linkeddisk": full}))


def test_without_a_model_these_rules_say_nothing(reference) -> None:
    assert not [f for id in ("R9-06", "H1", "A1") for r in called(id) for f in r.check(reference)]


def test_no_model_makes_a_site_green(setting, reference, reference_model) -> None:
    """What is broken by the limits alone stays broken with any model beside it."""
    site = setting(reference, ups1__runtime_s=None, ups4__runtime_s=100.0, linkage__flush_limit_s=1200.0)
    alone = [f.key for r in all_rules() for f in r.check(site)]
    with_model = [f.key for r in all_rules() for f in r.check(site, reference_model)]
    assert set(alone) <= set(with_model)
