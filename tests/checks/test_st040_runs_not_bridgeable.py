from types import SimpleNamespace


def test_fires_where_the_runs_stay_apart(make, judge) -> None:
    report = SimpleNamespace(is_bridgeable=False, sentence="Not bridgeable: 9 shared samples.")
    result = judge("ST040", make(bridging=report))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert result.sentence.startswith("Not bridgeable: 9 shared samples. The two runs")


def test_silent_where_they_were_brought_together(make, judge) -> None:
    report = SimpleNamespace(is_bridgeable=True, sentence="18 bridge samples put 80 over.")
    assert judge("ST040", make(bridging=report)).outcome == "silent"


def test_not_applicable_without_a_bridge(panel_only, judge) -> None:
    assert judge("ST040", panel_only).outcome == "not_applicable"
