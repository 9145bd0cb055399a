"""What was found to be learned, in a line that stays short: labels with their counts, or numbers."""

from bert_tf.data.shown_names import shown

_MOST_LABELS = 20


def label_counts(counts, what="labels"):
    """Labels and how often each occurs, as `2 labels: neg (4), pos (5)`.

    Args:
        counts: How often each label occurs, a dict of numbers by name, in the order to show.
        what: What they are called, as "tags".

    Returns:
        The text; of more than 20 labels it has the most frequent, and how frequent the others are.
    """
    shares = [(label, int(count)) for label, count in counts.items()]
    others = []
    if len(shares) > _MOST_LABELS:
        shares.sort(key=lambda share: -share[1])
        shares, others = shares[:_MOST_LABELS], [count for _, count in shares[_MOST_LABELS:]]
    text = f"{len(counts)} {what}: " + ", ".join(f"{shown(label)} ({count})" for label, count in shares)
    if others:
        least, most = min(others), max(others)
        text += f", … {len(others)} more ({least if least == most else f'{least} to {most}'} each)"
    return text


def number_range(values):
    """How many numbers there are and where they lie, as `9 numbers from 0 to 5, mean 2.7`.

    Args:
        values: A NumPy array of at least one number.
    """
    numbers = values.astype("float64")
    return f"{len(numbers)} numbers from {numbers.min():g} to {numbers.max():g}, mean {numbers.mean():.4g}"
