"""What a fine-tuning script does, from its flags to its files."""

from bert_tf.workflow.course import fine_tune
from bert_tf.workflow.work import Work

__all__ = ["Work", "fine_tune"]
