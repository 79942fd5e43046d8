"""What PSUs tell of a model's coefficients, against the same by dense matrices, and against means."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.inference import leverage
from cxstats.inference.leverage import Informed, Psus, seen


def regression(x: np.ndarray, weight: np.ndarray, rows: np.ndarray) -> Informed:
    """Return least squares as a model."""
    return Informed(
        rows,
        weight,
        np.linalg.inv((x.T * weight) @ x),
        lambda m: (x @ m) ** 2,
        lambda m: x * (x @ m)[:, None],
    )


def dense(x, weight, psu, stratum, slopes):
    """Return bias and degrees of freedom by the residual matrix itself, errors independent."""
    inverse = np.linalg.inv((x.T * weight) @ x)
    residual = np.eye(len(x)) - x @ inverse @ (x.T * weight)
    names, at = np.unique(psu, return_inverse=True)
    to_psu = np.eye(len(names))[at].T
    of = np.asarray([stratum[at == c][0] for c in range(len(names))])
    same = of[:, None] == of
    n = same.sum(axis=1)
    centre = np.where(same, -1 / n, 0.0) + np.eye(len(names))
    c = centre.T @ (centre * (n / (n - 1))[:, None])
    found = []
    for one in slopes:
        b = to_psu * (weight * (x @ inverse @ one))
        s = b @ residual @ residual.T @ b.T
        found.append(((b @ b.T).trace() / (c @ s).trace(), (c @ s).trace() ** 2 / (c @ s @ c @ s).trace()))
    return np.asarray(found).T


@pytest.mark.parametrize("weighted", [False, True])
def test_equals_the_residual_matrix(monkeypatch: pytest.MonkeyPatch, weighted: bool) -> None:
    monkeypatch.setattr(leverage, "RHO", 0.0)
    rng = np.random.default_rng(1)
    n = 90
    psu = rng.integers(0, 14, n)
    stratum = psu % 3
    x = np.column_stack([np.ones(n), rng.normal(size=n), psu < 4])
    weight = rng.uniform(0.5, 3, n) if weighted else np.ones(n)
    survey = cx.Survey(pd.DataFrame({"w": weight, "c": psu, "s": stratum}), "w", "s", "c")
    slopes = np.eye(3)
    found = seen(Psus.read(survey), [(regression(x, weight, np.arange(n)), slopes)])
    np.testing.assert_allclose(found, dense(x, weight, psu, stratum, slopes), rtol=1e-9)


def test_many_rows_are_counted_without_what_the_fit_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    n = 3000
    x = np.column_stack([np.ones(n), rng.normal(size=n)])
    survey, model, slopes = (
        cx.Survey(pd.DataFrame({"c": np.arange(n)})),
        regression(x, np.ones(n), np.arange(n)),
        np.eye(2),
    )
    quick = seen(Psus.read(survey), [(model, slopes)])
    monkeypatch.setattr(leverage, "PLENTY", np.inf)
    whole = seen(Psus.read(survey), [(model, slopes)])
    np.testing.assert_allclose(quick, whole, rtol=5e-3)
    assert (quick[1] != whole[1]).all()


def test_a_mean_is_as_the_kernel_knows_it() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"c": rng.integers(0, 12, 200), "w": rng.uniform(1, 4, 200), "y": rng.normal(size=200)})
    survey = cx.Survey(frame, "w", psu="c")
    mean = cx.measure(survey, cx.mean("y"))
    bias, kept = mean._small
    ours = seen(Psus.read(survey), [(regression(np.ones((200, 1)), frame["w"].to_numpy(), np.arange(200)), np.eye(1))])
    assert ours[0] == pytest.approx(bias, rel=0.02)  # the kernel takes PSUs of n answers of one weight
    assert ours[1] == pytest.approx(mean.df * kept, rel=0.02)


def test_what_one_psu_holds_is_hidden() -> None:
    n = 100
    psu = np.repeat(np.arange(20), 5)
    x = np.column_stack([np.ones(n), psu == 0, psu < 3])
    survey = cx.Survey(pd.DataFrame({"c": psu}), psu="c")
    bias, df = seen(Psus.read(survey), [(regression(x, np.ones(n), np.arange(n)), np.eye(3))])
    assert np.isfinite(bias).tolist() == [True, False, True]
    assert df[1] == 0
    assert df[2] < 2.5


def test_functions_of_two_models_are_known_no_better_than_by_the_worse() -> None:
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(60), rng.normal(size=60)])
    survey = cx.Survey(pd.DataFrame({"c": np.arange(60)}))
    few, many = (regression(x[rows], np.ones(len(rows)), rows) for rows in (np.arange(8), np.arange(8, 60)))
    alone = [seen(Psus.read(survey), [(model, np.eye(2))]) for model in (few, many)]
    both = seen(Psus.read(survey), [(few, np.eye(2)), (many, np.eye(2))])
    np.testing.assert_allclose(both[0], np.maximum(alone[0][0], alone[1][0]))
    np.testing.assert_allclose(both[1], np.minimum(alone[0][1], alone[1][1]))
