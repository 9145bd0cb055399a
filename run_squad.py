"""Fine-tunes BERT to answer questions on paragraphs, predicts, scores and exports.

Takes the flags of Google's run_squad.py and writes the files it wrote.
"""

from bert_tf import flags
from bert_tf.flags.finetuning import finetuning_options, work
from bert_tf.flags.squad import check_squad_flags, define_squad_flags, squad_options
from bert_tf.tasks.squad import Squad
from bert_tf.workflow import fine_tune


def main():
    check_squad_flags()
    fine_tune("squad", Squad(squad_options()), finetuning_options(), work(data_dir=None))


if __name__ == "__main__":
    define_squad_flags()
    flags.run(main)
