"""The pretraining model beyond its golden numbers (tests/test_golden.py): shapes, weights of zero, saving."""

import keras
import numpy as np
import pytest

from bert_tf import BertConfig
from bert_tf.models.pretraining import bert_pretraining_model, pretraining_losses

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=8,
    type_vocab_size=2,
)
INPUTS = {
    "input_ids": np.array([[2, 4, 5, 3], [2, 6, 4, 3]]),
    "masked_lm_positions": np.array([[1, 2], [2, 0]]),
}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return bert_pretraining_model(CONFIG)


def test_shapes_and_paths(model):
    outputs = model(INPUTS)
    assert outputs["masked_lm_logits"].shape == (2, 2, 20)
    assert outputs["next_sentence_logits"].shape == (2, 2)
    heads = {v.path: tuple(v.shape) for v in model.trainable_variables if not v.path.startswith("bert/")}
    assert heads == {
        "cls/predictions/transform/dense/kernel": (8, 8),
        "cls/predictions/transform/dense/bias": (8,),
        "cls/predictions/transform/LayerNorm/gamma": (8,),
        "cls/predictions/transform/LayerNorm/beta": (8,),
        "cls/predictions/output_bias": (20,),
        "cls/seq_relationship/output_weights": (2, 8),
        "cls/seq_relationship/output_bias": (2,),
    }


def test_losses_by_hand(model):
    outputs = {name: np.asarray(value) for name, value in model(INPUTS).items()}
    labels = {
        "masked_lm_ids": np.array([[7, 8], [9, 0]]),
        "masked_lm_weights": np.array([[1.0, 1.0], [1.0, 0.0]], np.float32),
        "next_sentence_labels": np.array([[1], [0]]),
    }
    masked_lm_loss, next_sentence_loss = pretraining_losses(outputs, labels)

    def log_probs(logits):
        return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))

    words, follows = log_probs(outputs["masked_lm_logits"]), log_probs(outputs["next_sentence_logits"])
    expected = -(words[0, 0, 7] + words[0, 1, 8] + words[1, 0, 9]) / 3.00001
    assert float(masked_lm_loss) == pytest.approx(expected, rel=1e-5)
    assert float(next_sentence_loss) == pytest.approx(-(follows[0, 1] + follows[1, 0]) / 2, rel=1e-5)


def test_embedding_table_is_tied(model):
    before = np.asarray(model(INPUTS)["masked_lm_logits"])
    table = next(v for v in model.trainable_variables if v.path.endswith("word_embeddings"))
    original = table.numpy()
    changed = original.copy()
    changed[15] = np.arange(8)  # A word that no input contains: only its score can change.
    table.assign(changed)
    difference = np.abs(np.asarray(model(INPUTS)["masked_lm_logits"]) - before).max(axis=(0, 1))
    table.assign(original)
    assert difference[15] > 1e-3
    assert np.delete(difference, 15).max() < 1e-6


def test_saves_and_loads(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(INPUTS)["masked_lm_logits"], model(INPUTS)["masked_lm_logits"])
