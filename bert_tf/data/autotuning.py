"""TensorFlow's tuning of a dataset while it runs, which ours do without."""

import tensorflow as tf


def untuned(dataset):
    """The dataset, with `tf.data.AUTOTUNE` meaning as many calls at once as there are processors.

    Left on, the tuning has a thread that sleeps for twice as long each time, from 10 ms on; what ends
    the dataset often waits until it next wakes up. After 14 s of predicting, that took another 6.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)
