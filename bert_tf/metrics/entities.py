"""How well entities were found, counted as the CoNLL shared tasks' conlleval does, by seqeval."""

# What seqeval calls entities whose tags have no type.
_NO_TYPE = "_"
_AVERAGES = {"micro avg": "", "macro avg": "macro_"}
_FIGURES = {"precision": "precision", "recall": "recall", "f1": "f1-score"}


def entity_metrics(true, predicted):
    """Compares tags in the letters B, I, E and S; an entity counts as found if its borders and its type are right.

    Args:
        true: For each sentence the list of its words' tags.
        predicted: Likewise, of the same lengths.

    Returns:
        A dict of floats: `accuracy` of the single tags; `precision`, `recall` and `f1` of all
        entities; the same with `macro_` in front, the means over types; and with each type in
        front, as `LOC_f1`. What would be divided by 0 is 0.
    """
    # Loads scikit-learn, which takes a second.
    from seqeval.metrics import accuracy_score, classification_report

    results = {"accuracy": float(accuracy_score(true, predicted))}
    results |= {prefix + name: 0.0 for prefix in _AVERAGES.values() for name in _FIGURES}
    if all(tag == "O" for tags in (*true, *predicted) for tag in tags):
        return results  # seqeval would average over no types.
    report = classification_report(true, predicted, output_dict=True, zero_division=0)
    del report["weighted avg"]
    for row, figures in report.items():
        prefix = _AVERAGES.get(row, "" if row == _NO_TYPE else f"{row}_")
        results |= {prefix + name: float(figures[theirs]) for name, theirs in _FIGURES.items()}
    return results
