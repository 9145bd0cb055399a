"""How SQuAD scores answers: the rules of its official evaluation scripts, versions 1.1 and 2.0."""

import collections
import re
import string

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize_answer(text):
    """The text in lower case without ASCII punctuation, English articles and needless white space."""
    text = text.lower().translate(_NO_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", text).split())


def exact_match(prediction, answer):
    """1.0 if both are the same when normalized, else 0.0."""
    return float(normalize_answer(prediction) == normalize_answer(answer))


def f1_score(prediction, answer):
    """The harmonic mean of precision and recall of the prediction's words, each as often as it occurs."""
    predicted, right = normalize_answer(prediction).split(), normalize_answer(answer).split()
    common = sum((collections.Counter(predicted) & collections.Counter(right)).values())
    if not common:
        return 0.0
    precision, recall = common / len(predicted), common / len(right)
    return 2 * precision * recall / (precision + recall)


def score_squad_1(predictions, answers):
    """SQuAD 1.1: each prediction against the closest of the question's answers.

    Args:
        predictions: Texts, one a question.
        answers: For each question the texts of its right answers, at least one.

    Returns:
        `exact_match` and `f1`, percentages.
    """
    scores = [_best(prediction, right) for prediction, right in zip(predictions, answers, strict=True)]
    exact, f1 = zip(*scores)
    return {"exact_match": _percentage(exact), "f1": _percentage(f1)}


def score_squad_2(predictions, answers):
    """SQuAD 2.0: "" is the right answer to a question that has none.

    Args:
        predictions: Texts, one a question, "" for no answer.
        answers: For each question the texts of its right answers, none for no answer.

    Returns:
        `exact`, `f1` and `total`, and the same with `HasAns_` and `NoAns_` in front for the
        questions with and without an answer, where there are any. Percentages and counts.
    """
    exact, f1 = _scores_2(predictions, answers)
    has_answer = [bool(right) for right in answers]
    groups = (("", [True] * len(exact)), ("HasAns_", has_answer), ("NoAns_", [not has for has in has_answer]))
    results = {}
    for prefix, chosen in groups:
        if any(chosen):
            for name, scores in (("exact", exact), ("f1", f1)):
                results[prefix + name] = _percentage([x for x, wanted in zip(scores, chosen) if wanted])
            results[f"{prefix}total"] = sum(chosen)
    return results


def best_thresholds(predictions, null_odds, answers):
    """The thresholds that would have scored best, had predictions with higher odds of no answer been "".

    Args:
        predictions: The best answer to each question that is not "".
        null_odds: For each question, by how much "" scores higher than its prediction.
        answers: For each question the texts of its right answers, none for no answer.

    Returns:
        `best_exact` and `best_f1`, percentages, and with `_thresh` behind, the thresholds that give
        them: predictions are kept whose odds are not above. One below all odds keeps none.
    """
    results = {}
    for name, scores in zip(("best_exact", "best_f1"), _scores_2(predictions, answers)):
        best, threshold = _best_threshold(scores, null_odds, [not right for right in answers])
        results[name] = 100.0 * best / len(scores)
        results[f"{name}_thresh"] = threshold
    return results


def _scores_2(predictions, answers):
    """Exact matches and F1s; answers that are nothing when normalized do not count."""
    right = [[text for text in texts if normalize_answer(text)] or [""] for texts in answers]
    scores = [_best(prediction, texts) for prediction, texts in zip(predictions, right, strict=True)]
    # Two texts without words agree in version 2.0; in version 1.1 their F1 is 0.
    return [exact for exact, _ in scores], [max(pair) for pair in scores]


def _best(prediction, answers):
    return (
        max(exact_match(prediction, answer) for answer in answers),
        max(f1_score(prediction, answer) for answer in answers),
    )


def _best_threshold(scores, null_odds, has_none):
    """The highest sum of scores, and the lowest threshold that gives it."""
    order = sorted(range(len(scores)), key=null_odds.__getitem__)
    current = best = sum(has_none)
    threshold = null_odds[order[0]] - 1.0
    for place, index in enumerate(order):
        # Keeping this prediction too: it loses what "" got, and gets its own score.
        current += scores[index] - has_none[index]
        is_last_of_its_odds = place + 1 == len(order) or null_odds[order[place + 1]] > null_odds[index]
        if current > best and is_last_of_its_odds:
            best, threshold = current, null_odds[index]
    return best, threshold


def _percentage(scores):
    return 100.0 * sum(scores) / len(scores)
