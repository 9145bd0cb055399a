"""Independent labels: sigmoids and their loss, by hand."""

import keras
import numpy as np

from bert_tf import BertConfig
from bert_tf.models.multi_label import bert_multi_label_classifier, multi_label_loss

CONFIG = BertConfig(
    vocab_size=20,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=8,
    type_vocab_size=2,
    initializer_range=0.5,
)
IDS = np.array([[2, 4, 5, 3], [2, 6, 4, 3]], np.int32)


def test_probabilities_and_loss_by_hand():
    keras.utils.set_random_seed(0)
    outputs = bert_multi_label_classifier(CONFIG, 3)(IDS)
    probabilities = 1 / (1 + np.exp(-np.asarray(outputs["logits"])))
    np.testing.assert_allclose(outputs["probabilities"], probabilities, atol=1e-6)
    labels = np.array([[1, 0, 1], [0, 0, 0]], np.int32)
    losses = -np.log(np.where(labels, probabilities, 1 - probabilities)).mean(axis=1)
    np.testing.assert_allclose(multi_label_loss(outputs, labels), losses, rtol=1e-5)


def test_the_loss_of_sure_and_wrong_answers_is_finite():
    losses = multi_label_loss({"logits": np.array([[200.0, -200.0]], np.float32)}, np.array([[0, 1]]))
    np.testing.assert_allclose(losses, [200.0], rtol=1e-6)


def test_half_precision_gives_float32_and_google_s_names():
    model = bert_multi_label_classifier(CONFIG, 3, dtype="mixed_float16")
    assert {keras.backend.standardize_dtype(value.dtype) for value in model(IDS).values()} == {"float32"}
    paths = [variable.path for variable in model.trainable_variables]
    assert paths[-2:] == ["classifier/output_weights", "classifier/output_bias"]
