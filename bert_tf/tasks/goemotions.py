"""GoEmotions: the emotions of a Reddit comment (Demszky et al. 2020)."""

from bert_tf.tasks.multi_label import MultiLabel
from bert_tf.tasks.texts import Split

_EMOTIONS = (
    "admiration amusement anger annoyance approval caring confusion curiosity desire disappointment "
    "disapproval disgust embarrassment excitement fear gratitude grief joy love nervousness optimism "
    "pride realization relief remorse sadness surprise neutral"
).split()


def _split(file, label="emotions"):
    # The files number the emotions in the order of emotions.txt.
    numbers = {str(number): emotion for number, emotion in enumerate(_EMOTIONS)}
    names = ("text", "emotions", "id")
    return Split(file, "text", label=label, row_id="id", names=names, synonyms=numbers)


class GoEmotions(MultiLabel):
    """Which of 27 emotions a comment shows, several at times, or "neutral"."""

    labels = _EMOTIONS
    splits = {"train": _split("train.tsv"), "dev": _split("dev.tsv"), "test": _split("test.tsv", label=None)}
