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
