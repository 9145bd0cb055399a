"""How well single tags were found, such as parts of speech, counted by scikit-learn."""

_AVERAGES = {"micro": "", "macro": "macro_"}
_OUTSIDE = "O"


def tag_metrics(true, predicted):
    """Compares tags word by word.

    Args:
        true: The words' tags.
        predicted: Likewise.

    Returns:
        A dict of floats: `accuracy`; `precision`, `recall` and `f1` of all tags but `O`, which are
        the accuracy where no word has that; the same with `macro_` in front, the means over tags;
        and with each tag in front, as `NOUN_f1`. What would be divided by 0 is 0.
    """
    # Takes a second to load.
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    results = {"accuracy": float(accuracy_score(true, predicted))}
    tags = sorted({*true, *predicted} - {_OUTSIDE})

    def add(prefix, figures):
        results.update(zip((f"{prefix}precision", f"{prefix}recall", f"{prefix}f1"), map(float, figures)))

    for average, prefix in _AVERAGES.items():
        figures = (0, 0, 0)
        if tags:
            figures = precision_recall_fscore_support(
                true, predicted, labels=tags, average=average, zero_division=0
            )[:3]
        add(prefix, figures)
    if tags:
        by_tag = precision_recall_fscore_support(true, predicted, labels=tags, zero_division=0)[:3]
        for tag, *figures in zip(tags, *by_tag):
            add(f"{tag}_", figures)
    return results
