"""Willingness to pay, shares and effects: their identities, and whether intervals hold what they promise."""

import importlib

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError

OFFERS = {
    "ours": {"price": 30, "wait": 5, "channel": "phone", "expertise": "basic"},
    "theirs": {"price": 20, "wait": 15, "channel": "app", "expertise": "basic"},
    "third": {"price": 50, "wait": 1, "channel": "branch", "expertise": "expert"},
}


@pytest.fixture(scope="module")
def model():
    return cx.choice_model(
        cx.load_choices(), task="task", chosen="chosen", attributes=["wait", "channel", "expertise"], price="price",
        respondent="respondent", unit="EUR",
    )  # fmt: skip


@pytest.fixture(scope="module")
def by_task():
    rows = cx.load_choices().assign(half=lambda d: np.where(d["task"] <= 4, "first", "second"))
    return cx.choice_model(rows, task="task", chosen="chosen", attributes=["wait", "channel", "expertise"], price="price",
                           respondent="respondent", by="half")  # fmt: skip


# --- amounts ----------------------------------------------------------------------------------------------------------------


def test_wtp_is_a_transform_of_the_coefficients(model):
    known = model.params.transform(lambda b: np.asarray([1, -1, -1, -1]) * b[1:] / b[0], labels=model.wtp.labels)
    assert model.wtp.values == pytest.approx(known.values)
    assert model.wtp.vcov == pytest.approx(known.vcov, rel=1e-6)
    assert model.wtp.df == pytest.approx(known.df)
    assert model.wtp.frame()["unit"].tolist() == ["EUR"] * 4
    assert model.wtp.test(cx.above(0))["verdict"].tolist()[0] == "supported"
    assert model.wtp.frame()["note"].str.contains("for one less").tolist() == [True, False, False, False]


def test_delta_intervals_are_those_of_the_estimate(model):
    table = model.wtp_intervals(level=0.9)
    low, high = model.wtp.interval(0.9)
    assert table["conf_low"].tolist() == low.tolist()
    assert table["conf_high"].tolist() == high.tolist()
    assert table.columns.tolist() == ["metric", "estimate", "conf_low", "conf_high", "method", "note"]


def test_the_three_intervals_agree_where_the_price_is_well_known(model):
    delta, draws, fieller = (model.wtp_intervals(method=m) for m in ("delta", "krinsky-robb", "fieller"))
    half = (delta["conf_high"] - delta["conf_low"]) / 2
    for other in (draws, fieller):
        for end in ("conf_low", "conf_high"):
            assert (abs(other[end] - delta[end]) < 0.1 * half).all()
    again = model.wtp_intervals(method="krinsky-robb")
    pd.testing.assert_frame_equal(draws, again)
    other = model.wtp_intervals(method="krinsky-robb", seed=2)
    assert (other["conf_low"] != draws["conf_low"]).all()


def test_fieller_excludes_just_what_is_rejected(model):
    table = model.wtp_intervals(method="fieller")
    k = 4  # expertise
    for end in ("conf_low", "conf_high"):
        amount = table[end].iloc[k - 1]
        left = model.params.transform(lambda b, amount=amount: b[k] + amount * b[0], labels="left")
        t = abs(left.values[0] / left.std_error[0])
        from scipy import stats

        df = np.fmin(model.params.df[k], model.params.df[0])  # the fewer of both coefficients
        assert 2 * stats.t.sf(t, df) == pytest.approx(0.05, rel=1e-6)


def without_effect_of_price(seed=4, n=120, price=0.0):
    rng = np.random.default_rng(seed)
    prices, waits = rng.choice([10.0, 20, 30], 2 * n), rng.normal(size=2 * n)
    rows = pd.DataFrame({"task": np.repeat(np.arange(n), 2), "price": prices, "wait": waits})
    best = (price * rows["price"] - rows["wait"] + rng.gumbel(size=2 * n)).to_numpy().reshape(-1, 2)
    return rows.assign(chosen=(best == best.max(axis=1, keepdims=True)).ravel())


def test_a_price_without_effect_leaves_amounts_open_and_says_so():
    asked = {"task": "task", "chosen": "chosen", "attributes": ["wait"], "price": "price"}
    model = cx.choice_model(without_effect_of_price(), **asked)
    low, high = model.params.interval()
    assert low[0] < 0 < high[0]
    assert "the interval of the price coefficient reaches 0" in model.wtp.frame()["note"].iloc[0]
    fieller = model.wtp_intervals(method="fieller").iloc[0]
    assert (fieller["conf_low"], fieller["conf_high"]) == (-np.inf, np.inf)
    assert "may be 0" in fieller["note"]
    strange = cx.choice_model(without_effect_of_price(price=0.1), **asked)
    assert "dearer alternatives are chosen more often" in strange.wtp.frame()["note"].iloc[0]
    clear = cx.choice_model(without_effect_of_price(price=-0.1), **asked)
    assert clear.wtp.frame()["note"].tolist() == ["for one less"]
    assert np.isfinite(clear.wtp_intervals(method="fieller")["conf_low"]).all()


def test_the_covariance_of_the_model_is_said_wherever_it_is_used():
    rows = without_effect_of_price(price=-0.1)
    model = cx.choice_model(rows, task="task", chosen="chosen", attributes=["wait"], price="price", covariance="model")
    shares = model.shares([{"price": 10, "wait": 0}, {"price": 20, "wait": 1}])
    for estimate in (model.params, model.wtp, shares):
        assert "covariance of the model" in estimate.frame()["note"].iloc[0]


# --- coverage ---------------------------------------------------------------------------------------------------------------


def drawn(seed, people, tasks=16, spread=(0.06, 2.5)):
    """Choices of two, by people whose tastes for price and expert advice are their own."""
    rng, size = np.random.default_rng(seed), (people, tasks, 2)
    price, expert = rng.choice([20.0, 30, 40, 50], size), rng.integers(0, 2, size)
    tastes = [-0.06, 0.8] + np.asarray(spread) * rng.normal(size=(people, 1, 1, 2))
    utility = tastes[..., 0] * price + tastes[..., 1] * expert + rng.gumbel(size=size)
    who, task = (np.repeat(np.arange(n), len(price.ravel()) // n) for n in (people, people * tasks))
    chosen = (utility == utility.max(axis=2, keepdims=True)).ravel()
    return pd.DataFrame({"who": who, "task": task, "price": price.ravel(), "expert": expert.ravel(), "chosen": chosen})


def test_intervals_hold_where_tastes_differ_and_those_of_the_model_do_not():
    asked = {"task": "task", "chosen": "chosen", "attributes": ["expert"], "price": "price", "respondent": "who"}
    truth = cx.choice_model(drawn(0, 10_000), **asked).wtp.values[0]
    held = {(c, m): [] for c in ("design", "model") for m in ("delta", "krinsky-robb", "fieller")}
    for seed in range(1, 101):
        rows = drawn(seed, 80)
        for covariance in ("design", "model"):
            model = cx.choice_model(rows, covariance=covariance, **asked)
            for method in ("delta", "krinsky-robb", "fieller"):
                found = model.wtp_intervals(method=method, draws=1000).iloc[0]
                held[covariance, method].append(found["conf_low"] <= truth <= found["conf_high"])
    share = {key: np.mean(found) for key, found in held.items()}
    for method in ("delta", "krinsky-robb", "fieller"):
        assert 0.9 <= share["design", method] <= 0.99, share
        assert share["model", method] < 0.8, share


# --- shares -----------------------------------------------------------------------------------------------------------------


def test_shares_sum_to_100_and_their_covariance_to_nothing(model):
    shares = model.shares(OFFERS)
    assert shares.values.sum() == pytest.approx(100)
    assert shares.vcov.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)
    assert shares.labels["alternative"].tolist() == ["ours", "theirs", "third"]
    assert shares.frame()["unit"].tolist() == ["%"] * 3
    x = np.asarray([[30, 5, 0, 1, 0], [20, 15, 0, 0, 0], [50, 1, 1, 0, 1]])

    def by_hand(b):
        odds = np.exp(x @ b)
        return 100 * odds / odds.sum()

    known = model.params.transform(by_hand, labels=["a", "b", "c"])
    assert shares.values == pytest.approx(known.values)
    assert shares.vcov == pytest.approx(known.vcov, rel=1e-6, abs=1e-9)
    difference = shares.contrast("ours", "theirs")
    assert difference.std_error[0] ** 2 == pytest.approx(known.vcov[0, 0] + known.vcov[1, 1] - 2 * known.vcov[0, 1])


def test_alternatives_may_come_in_any_form(model):
    known = model.shares(OFFERS)
    frame = pd.DataFrame(OFFERS.values()).assign(alternative=list(OFFERS), chosen=False)
    polars = importlib.import_module("polars").from_pandas(frame)
    for form in (frame, polars):
        shares = model.shares(form)
        assert shares.values == pytest.approx(known.values)
        assert shares.labels["alternative"].tolist() == list(OFFERS)
    numbered = model.shares(list(OFFERS.values()))
    assert numbered.values == pytest.approx(known.values)
    assert numbered.labels["alternative"].tolist() == [1, 2, 3]


def test_shares_of_what_was_chosen_add_up(model):
    """Where every level is a contrast, the model's mean utility of the choices is that of its predictions."""
    rows = cx.load_choices()
    sets = [group for _, group in rows[rows["respondent"] < "chooser-006"].groupby(["respondent", "task"])]
    found = [model.shares(group[["price", "wait", "channel", "expertise"]]).values for group in sets]
    assert all(len(share) == 3 and share.sum() == pytest.approx(100) for share in found)
    hits = [share.argmax() == group["chosen"].to_numpy().argmax() for share, group in zip(found, sets, strict=True)]
    assert 0.3 < np.mean(hits) < 0.9


def test_limits_of_shares_stay_between_0_and_100():
    rows = without_effect_of_price(price=-0.1, n=40)
    model = cx.choice_model(rows, task="task", chosen="chosen", attributes=["wait"], price="price")
    low, high = model.shares([{"price": 10, "wait": -3}, {"price": 30, "wait": 3}]).interval(0.999)
    assert (low >= 0).all()
    assert (high <= 100).all()


def test_values_beyond_those_shown_are_said(model):
    far = {"near": OFFERS["ours"], "far": {**OFFERS["theirs"], "price": 90}}
    notes = model.shares(far).frame()["note"].tolist()
    assert notes == ["", "price 90 lies outside of what was shown (20 to 50)"]


# --- effects ----------------------------------------------------------------------------------------------------------------


def test_an_effect_is_shares_after_minus_before(model):
    change = model.effect(OFFERS, "ours", {"expertise": "expert", "wait": 1})
    after = {**OFFERS, "ours": {**OFFERS["ours"], "expertise": "expert", "wait": 1}}
    assert change.values == pytest.approx(model.shares(after).values - model.shares(OFFERS).values)
    assert change.values.sum() == pytest.approx(0, abs=1e-9)
    assert change.labels["alternative"].tolist() == list(OFFERS)
    assert change.frame()["unit"].tolist() == ["% points"] * 3
    x = np.asarray([[30, 5, 0, 1, 0], [20, 15, 0, 0, 0], [50, 1, 1, 0, 1]], dtype=float)
    better = x.copy()
    better[0, [1, 4]] = 1

    def by_hand(b):
        odds = [np.exp(better @ b), np.exp(x @ b)]
        return 100 * (odds[0] / odds[0].sum() - odds[1] / odds[1].sum())

    known = model.params.transform(by_hand, labels=["a", "b", "c"])
    assert change.std_error == pytest.approx(known.std_error, rel=1e-6)


def test_effects_and_shares_by_group(by_task):
    shares = by_task.shares(OFFERS)
    assert shares.labels["half"].tolist() == ["first", "second"] * 3
    for half in ("first", "second"):
        assert shares.pick(half=half).values.sum() == pytest.approx(100)
    effect = by_task.effect(OFFERS, "ours", {"expertise": "expert"})
    assert len(effect) == 6
    between = effect.contrast({"half": "second"}, {"half": "first"})
    assert len(between) == 3
    assert between.values.sum() == pytest.approx(0, abs=1e-9)


def test_what_the_change_is_worth_in_money_leaves_shares_as_they_were(model):
    """An expert for just what one is worth changes nothing."""
    worth = float(model.wtp.pick(metric="expertise: expert").values[0])
    offer = {**OFFERS["ours"], "price": 25}
    change = model.effect({"ours": offer, "same": offer}, "ours", {"expertise": "expert", "price": 25 + worth})
    assert change.values == pytest.approx([0, 0], abs=1e-9)


# --- refusals ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda m: m.shares({"a": OFFERS["ours"]}), "1 alternative is given"),
        (lambda m: m.shares({"a": OFFERS["ours"], "b": {"price": 3}}), "alternative 'b' has no 'wait', 'channel', 'expertise'"),
        (lambda m: m.shares({**OFFERS, "b": {**OFFERS["ours"], "channel": "fax"}}), "channel: 'fax' is not one of"),
        (lambda m: m.shares({**OFFERS, "b": {**OFFERS["ours"], "colour": 1}}), "'colour' is not one of 'price', 'wait'"),
        (lambda m: m.shares({**OFFERS, "b": {**OFFERS["ours"], "wait": "long"}}), "wait is a finite number, not 'long'"),
        (lambda m: m.shares({**OFFERS, "b": {**OFFERS["ours"], "wait": np.nan}}), "wait is a finite number, not nan"),
        (lambda m: m.shares({"a": 3, "b": 4}), "alternative 'a' is a mapping of attributes to values, not 3"),
        (lambda m: m.shares(7), "a frame is needed, not int"),
        (lambda m: m.shares(pd.DataFrame([*OFFERS.values()]).assign(alternative="x")), "rows are named 'x'"),
        (lambda m: m.effect(OFFERS, "nobody", {"wait": 1}), "'nobody' is not one of 'ours', 'theirs', 'third'"),
        (lambda m: m.effect(OFFERS, "ours", {"waits": 1}), "'waits' is not one of .* Did you mean 'wait'"),
        (lambda m: m.effect(OFFERS, "ours", "wait"), "a mapping of attributes to new values is needed, not 'wait'"),
        (lambda m: m.effect(OFFERS, "ours", {"wait": 5}), "is {'wait': 5} already, so nothing changes"),
        (lambda m: m.wtp_intervals(method="bootstrap"), "'bootstrap' is not one of 'delta', 'krinsky-robb', 'fieller'"),
        (lambda m: m.wtp_intervals(level=95), "level=95"),
        (lambda m: m.wtp_intervals(method="fieller", level=2), "level=2"),
        (lambda m: m.wtp_intervals(method="krinsky-robb", draws=10), "1,000 draws or more"),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused(model, call, said):
    with pytest.raises(ArgumentError, match=said):
        call(model)


def test_the_model_prints_what_it_rests_on(model):
    assert repr(model).startswith(
        "Conditional logit of 3,200 choices by 400 respondents: log-likelihood -2,941.75 (with equal chances -3,515.56)"
    )
    assert "Synthetic sample data" in repr(model)
    assert "<table" in model._repr_html_()
