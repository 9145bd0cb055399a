"""What run_ner.py says when something is wrong: one line, at once, and no traceback."""

import pytest


@pytest.fixture(name="error")
def fixture_error(ner, flags_for, data, tmp_path):
    """The last line of a run with some flags changed; files are written into its own folder."""

    def run(files=None, **changes):
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text)
            changes[{"train.txt": "train_file", "dev.txt": "eval_file"}[name]] = tmp_path / name
        status, _, last = ner.run(*flags_for(data, tmp_path / "out", **changes))
        assert status == 1 and last.startswith("run_ner.py: error: ")
        return last.removeprefix("run_ner.py: error: ").replace(f"{tmp_path}/", "")

    return run


def test_a_tag_that_does_not_fit(error):
    line = error({"train.txt": "a O\nb I-PER\n"})
    assert line.startswith("train.txt:2: 'O' before 'I-PER' does not fit --tag_scheme=IOB2: correct it")


def test_a_tag_that_training_lacks(error):
    line = error({"dev.txt": "a O\n\nb B-ORG\n"}, do_eval=True)
    assert line.startswith("dev.txt:3: tag 'B-ORG' is not one of the training data (O, B-LOC, I-LOC, B-PER")


def test_a_missing_column(error):
    assert error({"train.txt": "a O\nb\n"}).startswith("train.txt:2: 1 column where most lines have 2")


def test_a_comment_line(error):
    assert error({"train.txt": "# a\nab O\nb O\n", "dev.txt": ""}, tag_scheme="IOB2").startswith(
        "train.txt:1: '# a' looks like a comment line, not a word: give --comment_prefix='# '"
    )
    assert error(comment_prefix="").startswith("--comment_prefix=: every line begins so")


def test_no_file_and_no_folder(error):
    assert error(data_dir=None) == (
        "flag --train_file is missing: give the file, or --data_dir with train.txt in it"
    )


def test_nothing_trained(error):
    assert error(do_train=None, do_predict=True).startswith("--output_dir: no tagger was trained there")


def test_other_labels_on_resuming(error, ner, flags_for, finished, data, tmp_path):
    (tmp_path / "train.txt").write_text((data / "train.txt").read_text().replace("LOC", "ORG"))
    status, _, last = ner.run(*flags_for(data, finished[0], train_file=tmp_path / "train.txt"))
    assert status == 1 and "its checkpoints were made with labels" in last


def test_another_tag_on_resuming(ner, flags_for, finished, data, tmp_path):
    tagged = (data / "train.txt").read_text()
    (tmp_path / "train.txt").write_text(tagged.replace(", O", ", B-LOC", 1))
    status, _, last = ner.run(*flags_for(data, finished[0], train_file=tmp_path / "train.txt"))
    assert status == 1 and "other training data, this run has other labels for the same texts: give" in last
