"""keras-hub's BERT at work, on the TensorFlow backend, through `fit` and `predict` as its users run it."""

import time

import keras
import keras_hub
import tensorflow as tf
from rows import Rows, masked_batches
from worker import WARM_UP, Stopwatch, answer

POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}


def training(config, data, batch_size, steps, precision="float32", pad_to=None, warm_up=WARM_UP):
    """Fine-tuning a classifier."""
    batches = [(_inputs(batch), batch["labels"]) for batch in Rows.load(data).batches(batch_size, pad_to)]
    model = _classifier(config, precision)
    return _fitted(model, batches, batch_size, steps, warm_up)


def pretraining(config, data, batch_size, steps, precision="float32"):
    """Training the masked LM; keras-hub has no next sentence head."""
    model = keras_hub.models.BertMaskedLM(_backbone(config, precision))
    batches = [
        ({**_inputs(batch), "mask_positions": batch["masked_lm_positions"]}, batch["masked_lm_ids"])
        for batch in masked_batches(data, batch_size)
    ]
    return _fitted(model, batches, batch_size, steps)


def predicting(config, data, batch_size, precision="float32"):
    """Prediction with a classifier, after a call with the first and the last batch."""
    batches = [_inputs(batch) for batch in Rows.load(data).batches(batch_size)]
    model = _classifier(config, precision)
    first = _predict_seconds(model, batches[:1])
    _predict_seconds(model, batches[-1:])
    num_examples = sum(len(batch["token_ids"]) for batch in batches)
    return {"examples/s": num_examples / _predict_seconds(model, batches), "first batch s": first}


def _predict_seconds(model, batches):
    dataset = _dataset(batches)
    started = time.perf_counter()
    model.predict(dataset, verbose=0)
    return time.perf_counter() - started


def _fitted(model, batches, batch_size, steps, warm_up=WARM_UP):
    optimizer = keras.optimizers.AdamW(5e-5, weight_decay=0.01, global_clipnorm=1.0)
    optimizer.exclude_from_weight_decay(var_names=["bias", "layer_norm", "beta", "gamma"])
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    total = steps + warm_up if steps > 1 else steps
    watch = Stopwatch(warm_up)
    marks = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: watch.mark(batch + 1))
    model.fit(_dataset(batches).repeat(), steps_per_epoch=total, verbose=0, callbacks=[marks])
    return watch.figures(batch_size)


def _dataset(batches):
    signature = tf.nest.map_structure(lambda a: tf.TensorSpec([None] * a.ndim, a.dtype), batches[0])
    return tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=signature).prefetch(2)


def _inputs(batch):
    names = {"token_ids": "input_ids", "padding_mask": "input_mask", "segment_ids": "segment_ids"}
    return {name: batch[ours] for name, ours in names.items()}


def _backbone(config, precision):
    return keras_hub.models.BertBackbone(
        vocabulary_size=config["vocab_size"],
        num_layers=config["num_hidden_layers"],
        num_heads=config["num_attention_heads"],
        hidden_dim=config["hidden_size"],
        intermediate_dim=config["intermediate_size"],
        dropout=config["hidden_dropout_prob"],
        max_sequence_length=config["max_position_embeddings"],
        num_segments=config["type_vocab_size"],
        dtype=POLICIES[precision],
    )


def _classifier(config, precision):
    return keras_hub.models.BertTextClassifier(_backbone(config, precision), num_classes=2)


if __name__ == "__main__":
    answer(training, pretraining, predicting)
