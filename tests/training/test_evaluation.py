"""Running a model over examples: the order, the losses, the mean that Google reported."""

import dataclasses

import keras
import numpy as np
import pytest

from bert_tf import BertConfig, UserError
from bert_tf.data.pipelines import EncodedExamples
from bert_tf.models.classification import bert_classifier, classification_loss
from bert_tf.tasks.multi_label import MultiLabel
from bert_tf.tasks.registry import get_task
from bert_tf.training.evaluation import CompiledModel, mean_of_batch_means, pooled, run_compiled

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=24,
    type_vocab_size=2,
    initializer_range=0.5,
)


@pytest.fixture(scope="module")
def examples():
    rng = np.random.default_rng(0)
    rows = [rng.integers(1, 20, size=length).astype(np.int32) for length in (9, 3, 17, 5, 3)]
    splits = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    labels = np.array([0, 1, 2, 1, 0], np.int32)
    return rows, EncodedExamples(np.concatenate(rows), np.zeros(splits[-1], np.int32), splits, labels, 0)


@pytest.mark.parametrize("pad_to", [None, 20])
def test_outputs_are_in_the_examples_order(examples, pad_to):
    rows, encoded = examples
    keras.utils.set_random_seed(0)
    model = bert_classifier(CONFIG, num_labels=3)
    run = CompiledModel(model, lambda o, batch: classification_loss(o, batch["labels"]))
    outputs = run_compiled(run, encoded, 2, pad_to)
    for row, probabilities, loss, label in zip(
        rows, outputs["probabilities"], outputs["loss"], encoded.labels, strict=True
    ):
        alone = np.asarray(model(row[None])["probabilities"])[0]
        np.testing.assert_allclose(probabilities, alone, atol=1e-5)
        assert loss == pytest.approx(-np.log(alone[label]), rel=1e-3)


def test_one_graph_for_all_lengths(examples):
    _, encoded = examples
    traced = []

    def loss(outputs, batch):
        traced.append(batch["input_ids"].shape.as_list())
        return classification_loss(outputs, batch["labels"])

    assert len(set(encoded.lengths)) > 1
    run_compiled(CompiledModel(bert_classifier(CONFIG, num_labels=3), loss), encoded, 1)
    assert traced == [[None, None]]


def test_half_precision_follows_the_weights(examples):
    rows, encoded = examples
    keras.utils.set_random_seed(0)
    model = bert_classifier(CONFIG, num_labels=3, dtype="mixed_bfloat16")
    run = CompiledModel(model)
    before = run_compiled(run, encoded, 5)["logits"]
    for variable in model.trainable_variables:
        variable.assign(variable + 0.1 * keras.random.normal(variable.shape))
    run.refresh()
    after = run_compiled(run, encoded, 5)["logits"]
    assert np.abs(after - before).max() > 0.1
    alone = np.concatenate([np.asarray(model(row[None])["logits"]) for row in rows])
    np.testing.assert_allclose(after, alone, atol=0.02)


def test_mean_of_batch_means():
    values = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    assert mean_of_batch_means(values, 2) == pytest.approx((1.5 + 3.5 + 10) / 3)
    assert mean_of_batch_means(values, 8) == pytest.approx(4.0)


def test_rows_of_an_example_are_averaged(examples):
    _, encoded = examples
    outputs = {
        "probabilities": np.array([[0.2, 0.8], [0.6, 0.4], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], np.float32)
    }
    assert pooled(outputs, encoded) is pooled(outputs, encoded, print) is outputs
    several = dataclasses.replace(encoded, row_examples=np.array([0, 0, 1, 2, 2]))
    means = pooled({**outputs, "loss": np.array([1.0, 2.0, 3.0, 4.0, 5.0])}, several)
    np.testing.assert_allclose(means["probabilities"], [[0.4, 0.6], [1.0, 0.0], [0.25, 0.75]])
    assert means["probabilities"].dtype == np.float32
    assert means["loss"].tolist() == [1.5, 3.0, 4.5]


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_what_is_not_finite_is_no_answer(examples, number):
    _, encoded = examples

    def run(batch):
        labels = np.asarray(batch["labels"])
        return {"start_logits": np.where(labels == 2, number, 1.0)}

    with pytest.raises(UserError, match="the model's start logits came out NaN or infinite: use another"):
        run_compiled(run, encoded, 2)


LOGITS = np.array([[3.0, -1.0], [-2.0, 0.5], [40.0, -40.0], [0.1, 0.2], [-30.0, 30.0]], np.float32)
OWNERS = np.array([0, 0, 1, 2, 2])


def means_of(values):
    return np.array([values[OWNERS == example].mean(axis=0) for example in range(3)])


def pooled_losses(task, outputs, labels):
    """The losses of three examples of five rows."""
    encoded = EncodedExamples(None, None, None, labels, 0, row_examples=OWNERS)
    rows = {**outputs, "loss": np.zeros(5, np.float32)}
    return pooled(rows, encoded, task.loss_of_means)["loss"]


def test_the_loss_of_one_label_is_that_of_the_mean_prediction():
    labels = np.array([1, 1, 0], np.int32)
    probabilities = np.exp(LOGITS.astype(np.float64))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    losses = pooled_losses(get_task("sst-2"), {"logits": LOGITS, "probabilities": probabilities}, labels)
    np.testing.assert_allclose(losses, -np.log(means_of(probabilities)[range(3), labels]), rtol=1e-5)
    assert losses[1] == pytest.approx(80)  # No probability of 0, however sure the rows are.


def test_the_loss_of_several_labels_is_that_of_the_mean_prediction():
    labels = np.array([[1, 0], [0, 1], [1, 1]], np.int32)
    present, absent = (1 / (1 + np.exp(sign * LOGITS.astype(np.float64))) for sign in (-1, 1))
    expected = -np.where(labels == 1, np.log(means_of(present)), np.log(means_of(absent))).mean(axis=1)
    losses = pooled_losses(MultiLabel(), {"logits": LOGITS, "probabilities": present}, labels)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_the_loss_of_a_number_is_that_of_the_mean_prediction():
    values = np.array([1.0, 3.0, 2.0, 0.0, 5.0], np.float32)
    labels = np.array([2.0, 1.0, 2.0], np.float32)
    losses = pooled_losses(get_task("sts-b"), {"logits": values[:, None], "value": values}, labels)
    assert losses.tolist() == [0.0, 1.0, 0.25]
