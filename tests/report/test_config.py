from collections.abc import Callable
from pathlib import Path

import pytest

from cxstats.errors import ConfigError
from cxstats.metrics import REGISTRY
from cxstats.report import SAMPLE, read_config
from cxstats.report.scores import CONDITIONS, metrics

GOOD = """
[data]
file = "answers.csv"
[period]
column = "quarter"
[[metrics]]
kind = "csat"
column = "overall"
"""


def read(tmp_path: Path, text: str) -> str:
    """Return what is said of a bad configuration."""
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_config(path)
    assert "my.toml" in str(error.value)
    return str(error.value)


def test_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(GOOD, encoding="utf-8")
    config = read_config(path)
    assert (config.level, config.min_n, config.groups, config.design) == (0.95, 10, (), {})
    assert config.file == tmp_path / "answers.csv"
    assert config.columns() == {"quarter": "[period] column", "overall": "[[metrics]] CSAT"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[data]", "titel = 'x'\n[data]", "unknown key 'titel'. Did you mean 'title'"),
        ("[data]", "level = '95'\n[data]", "level = '95' is not a number"),
        ("[data]", "level = 95\n[data]", "not between 0 and 1"),
        ("[data]", "min_n = 0\n[data]", "less than 1"),
        ("[data]", "min_n = true\n[data]", "min_n = true is not a whole number"),
        ("[data]", "data = 3\n[x]", "data = 3 is not a table"),
        ('file = "answers.csv"', "", "either a source"),
        ('file = "answers.csv"', 'file = "a.csv"\nsource = "sfo"', "either a source"),
        ('file = "answers.csv"', 'source = "sof"', "Did you mean 'sfo'"),
        ('file = "answers.csv"', 'source = "acsi"\nyears = [2015]', "for source = 'sfo' only"),
        ('file = "answers.csv"', 'source = "sfo"\nyears = ["2015"]', "not a list of whole numbers"),
        ('file = "answers.csv"', 'source = "sfo"\nsheet = "a"', "for a file only"),
        ('file = "answers.csv"', 'files = "answers.csv"', "unknown key 'files'. Did you mean 'file'"),
        ('file = "answers.csv"', 'path = "answers.csv"', "unknown key 'path'. Did you mean 'file'"),
        ('file = "answers.csv"', 'source = "messy.csv"', 'Use file = "messy.csv"'),
        ('file = "answers.csv"', 'source = "sfo"\nmissing = [99]', "missing = [99] is for a file only"),
        ('file = "answers.csv"', 'file = "answers.csv"\nmissing = 99', "not a list of texts and numbers"),
        ('file = "answers.csv"', 'file = "answers.csv"\ndecimal = ";"', "neither '.' nor ','"),
        ('file = "answers.csv"', 'file = "answers.xlsx"\ndecimal = ","', "other files hold numbers"),
        ('file = "answers.csv"', 'file = "answers.csv"\nstrip = "no"', "not true or false"),
        ('column = "overall"', 'column = "overall"\ntarget = 0.75', "target = 0.75 is in percent: write 75."),
        ('column = "overall"', 'column = "overall"\ntarget = 1', "target = 1 is in percent: write 100."),
        ('kind = "csat"', 'kind = "effort"\nkind2 = "net"', "unknown key 'kind2'. Did you mean 'variant'"),
        ('kind = "csat"', 'kind = "effort"\nvarient = "net"', "Did you mean 'variant'"),
        ('column = "quarter"', 'colum = "quarter"', "unknown key 'colum'. Did you mean 'column'"),
        ('column = "quarter"', 'column = "quarter"\nevery = "week"', "'week' is not one of"),
        ('column = "quarter"', 'column = "quarter"\nfiscal_start = 13', "[period] fiscal_start = 13 is no month"),
        ('column = "quarter"', 'column = "quarter"\nfiscal_start = 4', "periods that are in the data already"),
        ('column = "quarter"', 'column = "quarter"\nevery = "month"\nfiscal_start = 4', "every = 'month'"),
        (
            'column = "quarter"',
            'column = "quarter"\nfiscal_start = "April"',
            "fiscal_start = 'April' is not a whole number",
        ),
        ('column = "quarter"', 'column = "quarter"\nincomplete = "yes"', "incomplete = 'yes' is not true or false"),
        (
            "[period]",
            "[compare]\nprevios = true\n[period]",
            "[compare]: unknown key 'previos'. Did you mean 'previous'",
        ),
        ("[period]", "[compare]\ntrend = 1\n[period]", "trend = 1 is not true or false"),
        ("[period]", "[compare]\nadjust = 'bonferoni'\n[period]", "[compare] adjust: 'bonferoni' is not one of 'holm'"),
        ("[data]", "numbers = 'dutch'\n[data]", "numbers: 'dutch' is not one of 'en'"),
        ("[data]", "numbers = 3\n[data]", "numbers = 3 is not a text"),
        ('column = "quarter"', 'column = "n"', "column 'n' of their own"),
        ("[period]\n", "[periods]\n", "unknown key 'periods'. Did you mean 'period'"),
        ('[period]\ncolumn = "quarter"', "", "the key 'period' is missing"),
        ("[period]", "[groups]\nby = []\n[period]", "by = [] is not"),
        ("[period]", "[groups]\nby = ['a', 'a']\n[period]", "named twice"),
        ("[period]", "[groups]\nby = 'quarter'\n[period]", "is the period"),
        ("[period]", "[groups]\nby = 'estimate'\n[period]", "column 'estimate' of their own"),
        ("[period]", "[design]\nwieght = 'w'\n[period]", "Did you mean 'weight'"),
        ("[period]", "[design]\nnest = 'yes'\n[period]", "not true or false"),
        ("[period]", "[design]\nnest = true\n[period]", "both need to be given"),
        ("[period]", "[design]\nlone_psu = 'centre'\n[period]", "Did you mean 'center'"),
        ('kind = "csat"', 'kind = "csaat"', "Did you mean 'csat'"),
        ('kind = "csat"', "", "the key 'kind' is missing"),
        ('column = "overall"', "", "the key 'column' is missing"),
        ('column = "overall"', 'column = "overall"\ntopp = 3', "unknown key 'topp'. Did you mean 'top'"),
        ('column = "overall"', 'column = "overall"\ntop = 9', "top = 9"),
        ('column = "overall"', 'column = "overall"\nscale = [5, 1]', "scale = [5, 1]"),
        ('column = "overall"', 'column = "overall"\ntarget = 101', "outside the range"),
        ('column = "overall"', "column = 3", "column"),
        ('kind = "csat"', 'kind = "share"', "unknown key 'column'"),
    ],
)
def test_a_mistake_is_named_before_any_data_is_read(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert said in read(tmp_path, GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("'wait > 3'", "is not a table"),
        ("{column = 'wait'}", "one of 'above'"),
        ("{column = 'wait', above = 1, below = 3}", "one of 'above'"),
        ("{column = 'wait', abov = 1}", "Did you mean 'above'"),
        ("{above = 1}", "the key 'column' is missing"),
        ("{column = 'wait', one_of = 'a'}", "Write one_of = ['a']"),
    ],
)
def test_a_condition_is_a_table(tmp_path: Path, condition: str, said: str) -> None:
    text = GOOD.replace('kind = "csat"\ncolumn = "overall"', f"kind = 'share'\ncondition = {condition}")
    assert said in read(tmp_path, text)


def test_every_kind_of_condition_becomes_an_expression() -> None:
    values = {"equals": "app", "one_of": ["app", "web"]}
    for name in CONDITIONS:
        table = {"kind": "share", "condition": {"column": "x", name: values.get(name, 3)}}
        (metric,) = metrics("my.toml", [table])
        assert metric.score.columns() == ["x"]
        assert f"Condition: x {name.replace('_', ' ')}" in metric.meaning


def test_every_metric_of_the_registry_can_be_declared() -> None:
    arguments = {
        "gap": {"delivered": "a", "expected": "b"},
        "share": {"condition": {"column": "a", "above": 1}},
        "ratio": {"numerator": "a", "denominator": "b"},
        "quantile": {"column": "a", "probability": 0.5},
    }
    for kind in REGISTRY:
        (metric,) = metrics("my.toml", [{"kind": kind, **arguments.get(kind, {"column": "a"}), "name": "mine"}])
        assert metric.name == "mine"
        assert metric.meaning


def test_the_kind_of_an_effort_score_is_its_variant() -> None:
    (metric,) = metrics("my.toml", [{"kind": "effort", "column": "easy", "variant": "net", "easy": "high"}])
    assert metric.score.variant.startswith("effort, net")


def test_metrics_that_would_share_a_name_get_longer_ones() -> None:
    found = metrics("my.toml", [{"kind": "csat", "column": "a"}, {"kind": "csat", "column": "b"}])
    assert [m.name for m in found] == ["CSAT (a)", "CSAT (b)"]
    with pytest.raises(ConfigError, match="two metrics are named 'x'"):
        metrics("my.toml", [{"kind": "csat", "column": c, "name": "x"} for c in "ab"])


def test_no_file_and_no_toml(tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"Did you mean 'report\.toml'"):
        read_config(tmp_path / "reprot.toml")
    with pytest.raises(ConfigError, match="no configuration file"):
        read_config(tmp_path / "nowhere" / "report.toml")
    assert "this is not TOML" in read(tmp_path, "title = ")
    (tmp_path / "latin.toml").write_bytes("title = 'ä'".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_config(tmp_path / "latin.toml")


def test_the_examples_can_be_read(configured: Callable[..., Path]) -> None:
    examples = Path(__file__).parents[2] / "examples"
    assert read_config(examples / "sfo.toml").years == tuple(range(2010, 2019))
    assert (examples / "sample.toml").read_bytes() == SAMPLE.read_bytes()
    assert read_config(configured()).groups == ("channel", "region")


def test_a_target_needs_to_know_which_way_is_better(tmp_path: Path) -> None:
    start = '[data]\nsource = "sample"\n[period]\ncolumn = "quarter"\n'
    wait = start + '[[metrics]]\nkind = "mean"\ncolumn = "effort"\ntarget = 5\n'
    path = tmp_path / "wait.toml"
    path.write_text(wait, encoding="utf-8")
    with pytest.raises(ConfigError, match="a target needs to know which way is better"):
        read_config(path)
    path.write_text(wait + 'better = "lower"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="better = 'lower' is neither 'high' nor 'low'"):
        read_config(path)
    path.write_text(wait + 'better = "low"\n', encoding="utf-8")
    assert read_config(path).metrics[0].score.direction == "low"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("nps", "NPS"),
        ("csat", "CSAT"),
        ("first_contact_resolution", "First-contact resolution"),
        ("effort", "Effort"),
        ("mean", "mean"),
    ],
)
def test_a_metric_without_a_name_has_that_of_the_trade(tmp_path: Path, kind: str, name: str) -> None:
    start = '[data]\nsource = "sample"\n[period]\ncolumn = "quarter"\n'
    path = tmp_path / "a.toml"
    path.write_text(f'{start}[[metrics]]\nkind = "{kind}"\ncolumn = "a"\n', encoding="utf-8")
    assert [m.name for m in read_config(path).metrics] == [name]
    path.write_text(f'{start}[[metrics]]\nkind = "{kind}"\ncolumn = "a"\nname = "{kind}"\n', encoding="utf-8")
    assert [m.name for m in read_config(path).metrics] == [kind]


def test_marks_and_encoding_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    keys = 'file = "a.csv"\ndecimal = ","\nthousands = "."\nencoding = "cp1252"'
    path.write_text(
        f'[data]\n{keys}\n[period]\ncolumn = "q"\n[[metrics]]\nkind = "nps"\ncolumn = "a"\n', encoding="utf-8"
    )
    read = read_config(path)
    assert (read.decimal, read.thousands, read.encoding) == (",", ".", "cp1252")
    path.write_text(path.read_text(encoding="utf-8").replace('thousands = "."', "thousands = 1"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"thousands = 1 is not a single sign"):
        read_config(path)
