"""Objectives as sums over totals."""

import numpy as np
import pytest

from bert_tf.models.objective import MeanLoss
from bert_tf.models.pretraining import PretrainingObjective


def test_mean_loss():
    objective = MeanLoss(lambda outputs, batch: outputs - batch["labels"])
    batch = {"input_ids": np.zeros((4, 7), np.int32), "labels": np.array([0.0, 1.0, 2.0, 3.0], np.float32)}
    assert float(objective.means(np.full(4, 5.0, np.float32), batch)["loss"]) == pytest.approx(
        (5 + 4 + 3 + 2) / 4
    )


def test_weights_hold_for_parts_of_a_batch_too():
    """Gradients accumulated over parts are those of the whole: the parts' sums over the whole's total."""
    weights = np.array([1.0, 3.0, 0.5, 0.5], np.float32)
    objective = MeanLoss(lambda outputs, batch: outputs, lambda batch: weights[batch["labels"]])
    losses = np.array([2.0, 4.0, 6.0, 8.0], np.float32)
    batch = {"input_ids": np.zeros((4, 7), np.int32), "labels": np.arange(4)}
    expected = (2 + 12 + 3 + 4) / 5
    assert float(objective.means(losses, batch)["loss"]) == pytest.approx(expected)
    total = objective.totals(batch)["loss"]
    parts = [{name: value[rows] for name, value in batch.items()} for rows in (slice(0, 1), slice(1, 4))]
    sums = [objective.sums(losses[:1], parts[0])["loss"], objective.sums(losses[1:], parts[1])["loss"]]
    assert float(sum(sums) / total) == pytest.approx(expected)


def test_pretraining_accuracies():
    word_logits = np.zeros((2, 2, 5), np.float32)
    word_logits[0, 0, 3] = word_logits[0, 1, 1] = word_logits[1, 0, 2] = word_logits[1, 1, 4] = 9
    outputs = {
        "masked_lm_logits": word_logits,
        "next_sentence_logits": np.array([[1.0, 0.0], [1.0, 0.0]], np.float32),
    }
    batch = {
        "masked_lm_ids": np.array([[3, 0], [2, 4]]),
        "masked_lm_weights": np.array([[1.0, 1.0], [1.0, 0.0]], np.float32),
        "next_sentence_labels": np.array([[0], [1]]),
    }
    means = PretrainingObjective().means(outputs, batch)
    assert set(means) == set(PretrainingObjective.names)
    assert float(means["masked_lm_accuracy"]) == pytest.approx(2 / 3, rel=1e-4)
    assert float(means["next_sentence_accuracy"]) == 0.5
