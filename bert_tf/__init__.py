"""Google's BERT on today's TensorFlow and Keras 3.

The public names load when first used, so that the encoder and the optimizer
work on any Keras backend without TensorFlow being imported or even installed.
"""

import importlib

_HOME = {
    "BertConfig": "bert_tf.config",
    "FullTokenizer": "bert_tf.tokenization.reference",
    "InGraphTokenizer": "bert_tf.tokenization.in_graph",
    "bert_encoder": "bert_tf.models.encoder",
    "load_checkpoint": "bert_tf.checkpoints.loading",
    "save_checkpoint": "bert_tf.checkpoints.google",
    "UserError": "bert_tf.errors",
}

__all__ = list(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module 'bert_tf' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__():
    return sorted(list(globals()) + __all__)
