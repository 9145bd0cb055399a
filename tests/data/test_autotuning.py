"""Datasets that TensorFlow does not tune while they run."""

import tensorflow as tf

from bert_tf.data.autotuning import untuned


def test_what_is_made_of_an_untuned_dataset_is_untuned_too():
    dataset = untuned(tf.data.Dataset.range(5).map(lambda number: number * 2, tf.data.AUTOTUNE))
    following = dataset.batch(2).prefetch(tf.data.AUTOTUNE)
    assert following.options().autotune.enabled is False
    assert [batch.tolist() for batch in following.as_numpy_iterator()] == [[0, 2], [4, 6], [8]]
