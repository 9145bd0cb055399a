"""What is checked before any data is read."""

from bert_tf.checkpoints.google import find_checkpoint
from bert_tf.config import BertConfig
from bert_tf.errors import UserError
from bert_tf.export.onnx_session import check_onnx
from bert_tf.tokenization.vocabulary import check_vocabulary, validate_case_matches_checkpoint
from bert_tf.visualization.figures import check_drawing
from bert_tf.workflow.work import uses_of_model


def checked_config(task, options, work):
    """The model's configuration, after every check that needs no data."""
    if not (work.do_train or work.do_eval or work.do_predict or work.export_dir):
        raise UserError(
            "nothing to do: give at least one of --do_train, --do_eval, --do_predict, --export_dir"
        )
    if work.quantize:
        check_onnx(f"--quantize={work.quantize}")
        if not uses_of_model(work):
            raise UserError(
                "--quantize needs one of --do_eval, --do_predict, --export_dir: training is float"
            )
    if work.export_onnx:
        check_onnx("--export_onnx")
        if not work.export_dir:
            raise UserError("--export_onnx needs --export_dir, the folder to write to")
    config = BertConfig.from_json_file(work.bert_config_file)
    config.check_max_seq_length(options.max_seq_length, work.bert_config_file)
    if options.init_checkpoint:
        find_checkpoint(options.init_checkpoint)
    validate_case_matches_checkpoint(options.do_lower_case, options.init_checkpoint)
    check_vocabulary(options.vocab_file, config, work.bert_config_file, options.do_lower_case)
    options.check(config, task)
    task.choose(**options.task_choices())
    if options.learning_curve:
        check_drawing("--learning_curve")
    return config
