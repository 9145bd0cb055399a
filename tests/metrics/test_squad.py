"""The rules of SQuAD's evaluation scripts, by hand and on the answers of the real files."""

import pytest

from bert_tf.data.squad import read_squad
from bert_tf.metrics.squad import (
    best_thresholds,
    exact_match,
    f1_score,
    normalize_answer,
    score_squad_1,
    score_squad_2,
)


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("The  Cat,\n sat!", "cat sat"),
        ("an apple a day", "apple day"),
        ("Theatre of another", "theatre of another"),
        ("the-end", "theend"),  # Punctuation goes first, so no article is left.
        ("A.", ""),
        ("a “quoted” –", "“quoted” –"),  # Only ASCII punctuation is taken away.
        ("ÉCOLE the", "école"),
        ("$1,000.50", "100050"),
        ("", ""),
    ],
)
def test_normalize_answer(text, normalized):
    assert normalize_answer(text) == normalized


def test_one_answer():
    assert exact_match("The Norman conquest.", "norman Conquest") == 1.0
    assert exact_match("Norman", "norman conquest") == 0.0
    assert f1_score("the Norman conquest of England", "Norman conquest") == pytest.approx(2 / 3)
    assert f1_score("dog dog dog", "dog dog cat") == pytest.approx(2 / 3)  # Two in common: each as often.
    assert f1_score("one", "two") == 0.0 and f1_score("the", "a") == 0.0


def test_version_1_takes_the_closest_of_several_answers():
    scores = score_squad_1(["in 1973", "red cat"], [("1974", "October 1973", "1973"), ("dog", "red red cat")])
    assert scores == {"exact_match": 0.0, "f1": pytest.approx(100 * (2 / 3 + 0.8) / 2)}
    assert score_squad_1(["1973"], [("x", "the 1973.")]) == {"exact_match": 100.0, "f1": 100.0}


def test_version_2_wants_nothing_where_there_is_no_answer():
    scores = score_squad_2(["cat", "", "", "dog", "the"], [("a cat",), ("dog",), (), (), ("a",)])
    assert scores == {
        "exact": 60.0,  # "a" is no answer when normalized, so "the" is as good as "".
        "f1": 60.0,
        "total": 5,
        "HasAns_exact": pytest.approx(100 * 2 / 3),
        "HasAns_f1": pytest.approx(100 * 2 / 3),
        "HasAns_total": 3,
        "NoAns_exact": 50.0,
        "NoAns_f1": 50.0,
        "NoAns_total": 2,
    }
    assert "NoAns_total" not in score_squad_2(["cat"], [("cat",)])
    assert score_squad_2(["red cat"], [("cat", "red dog cat")])["f1"] == pytest.approx(80.0)


def test_best_thresholds_are_those_that_a_search_finds():
    predictions = ["cat", "red dog", "dog", "cow", "hen", "owl"]
    answers = [("cat",), ("dog",), (), ("cow",), (), ("owl",)]
    odds = [-3.0, -1.5, -1.0, 0.5, 0.5, 4.0]
    found = best_thresholds(predictions, odds, answers)

    def at(threshold, name):
        kept = [p if value <= threshold else "" for p, value in zip(predictions, odds)]
        return score_squad_2(kept, answers)[name]

    for name in ("exact", "f1"):
        thresholds = [-9.0, *odds]
        assert found[f"best_{name}"] == max(at(threshold, name) for threshold in thresholds)
        assert at(found[f"best_{name}_thresh"], name) == found[f"best_{name}"]
    assert found["best_exact_thresh"] == -3.0 and found["best_f1_thresh"] == -1.5


def test_a_threshold_that_keeps_nothing():
    found = best_thresholds(["cat", "dog"], [-7.0, -5.0], [(), ()])
    assert found["best_exact"] == 100.0 and found["best_exact_thresh"] < -7.0


def test_the_real_answers_score_100(bert_tf_data):
    questions = read_squad(bert_tf_data / "squad" / "dev-v1.1.json", False).questions
    answers = [question.answers for question in questions]
    assert score_squad_1([texts[0] for texts in answers], answers) == {"exact_match": 100.0, "f1": 100.0}
    questions = read_squad(bert_tf_data / "squad" / "dev-v2.0.json", False).questions
    answers = [question.answers for question in questions]
    scores = score_squad_2([texts[0] if texts else "" for texts in answers], answers)
    assert {name: value for name, value in scores.items() if value != 100.0} == {
        "total": 11873,
        "HasAns_total": 5928,
        "NoAns_total": 5945,
    }
