"""The script: a model that knows new words, and one line for whatever is wrong."""

import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

from bert_tf import FullTokenizer
from bert_tf.checkpoints.google import CheckpointReader, write_tensors

SCRIPT = pathlib.Path(__file__).parent.parent / "extend_vocab.py"
SPECIAL = ["[PAD]", "[unused0]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PIECES = ["co", "##vid", "virus", *(f"word{index}" for index in range(513))]


@pytest.fixture
def run(tmp_path, golden_dir):
    """Runs the script on a tiny trained model, in the test's own folder."""
    (tmp_path / "vocab.txt").write_text("\n".join(SPECIAL + PIECES) + "\n")
    (tmp_path / "new.txt").write_text("covid\n\nvirus\ncovirus\n")
    for file in golden_dir.glob("trained.ckpt.*"):
        shutil.copy(file, tmp_path)
    shutil.copy(golden_dir / "bert_config.json", tmp_path)

    def run_script(*flags):
        usual = (
            "--init_checkpoint=trained.ckpt --bert_config_file=bert_config.json --vocab_file=vocab.txt "
            "--output_dir=out --new_words_file=new.txt"
        ).split()
        command = [sys.executable, SCRIPT, *usual, *flags]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return run_script


@pytest.mark.parametrize("flags, ids", [([], [1, 2]), (["--append", "--words=corona"], [524, 525])])
def test_extends_a_model(run, tmp_path, flags, ids):
    result = run(*flags)
    assert result.returncode == 0, result.stderr
    assert "Skipped 1 words, in the vocabulary already: virus" in result.stdout
    assert "Left out 125 tensors that only training needs" in result.stdout
    assert f"{ids[0]} covid = co ##vid" in result.stdout
    size = json.loads((tmp_path / "out" / "bert_config.json").read_text())["vocab_size"]
    assert size == (526 if flags else 523)
    tokenizer = FullTokenizer(tmp_path / "out" / "vocab.txt")
    assert len(tokenizer.vocab) == size
    pieces = tokenizer.tokenize("Covid virus, covirus")
    assert tokenizer.convert_tokens_to_ids(pieces) == [ids[0], 9, 3, ids[1]]
    name = "bert/embeddings/word_embeddings"
    old, new = (CheckpointReader(tmp_path / path).read(name) for path in ("trained.ckpt", "out"))
    np.testing.assert_allclose(new[ids[0]], (old[7] + old[8]) / 2, rtol=1e-6)
    np.testing.assert_array_equal(new[ids[1]], old[3])  # "covirus" was [UNK]
    np.testing.assert_array_equal(new[3:523], old[3:])


def test_spare_rows_blank_lines_and_another_scope(run, tmp_path, golden_dir):
    """The last words of the vocabulary are gone, a blank line is in it, and the model stands in a module."""
    (tmp_path / "vocab.txt").write_text("\ufeff" + "\n".join([*SPECIAL, "", *PIECES[1:510]]) + "\n\n")
    reader = CheckpointReader(golden_dir / "trained.ckpt")
    tensors = {f"module/{name}": reader.read(name) for name in reader.shapes}
    write_tensors(str(tmp_path / "moved" / "model.ckpt"), tensors)
    result = run("--append", "--words=corona", "--init_checkpoint=moved")
    assert result.returncode == 0, result.stderr
    assert (
        "vocab.txt: 517 lines for vocab_size 523 of bert_config.json: 6 rows have no piece" in result.stdout
    )
    assert "Variables under module/bert/ in moved/model.ckpt are written under bert/" in result.stdout
    assert "vocab.txt with 520 entries" in result.stdout
    lines = (tmp_path / "out" / "vocab.txt").read_text().splitlines()
    assert lines == [*SPECIAL, "", *PIECES[1:510], "corona", "covid", "covirus"]
    assert json.loads((tmp_path / "out" / "bert_config.json").read_text())["vocab_size"] == 523
    new, name = CheckpointReader(tmp_path / "out"), "bert/embeddings/word_embeddings"
    rows, old = new.read(name), reader.read(name)
    np.testing.assert_array_equal(rows[517:520], old[[3, 3, 3]])  # "co" was the blank line: all were [UNK].
    np.testing.assert_array_equal(np.delete(rows, [517, 518, 519], 0), np.delete(old, [517, 518, 519], 0))
    assert set(new.shapes) == {
        n for n in reader.shapes if not n.endswith(("adam_m", "adam_v", "global_step"))
    }


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"num_hidden_layers": 2}, "trained.ckpt: it has 3 encoder layers, and num_hidden_layers of the"),
        (
            {"intermediate_size": 64},
            "trained.ckpt: variable bert/encoder/layer_0/intermediate/dense/kernel is",
        ),
        ({"type_vocab_size": 16}, "trained.ckpt: variable bert/embeddings/token_type_embeddings is [2, 48]"),
        ({"layer_norm_eps": 1e-5}, "bert_config.json: layer_norm_eps is 1e-05: that is another model"),
    ],
)
def test_another_models_configuration_is_refused(run, tmp_path, changed, message):
    path = tmp_path / "bert_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    result = run()
    assert result.returncode == 1 and not (tmp_path / "out").exists()
    assert f"extend_vocab.py: error: {message}" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--init_checkpoint="], "flag --init_checkpoint is missing"),
        (["--init_checkpoint=none.ckpt"], "none.ckpt: no checkpoint there"),
        (["--new_words_file="], "no new words"),
        (["--new_words_file=none.txt"], "none.txt: No such file or directory"),
        (["--words=Covid"], "--words: 'Covid' becomes 'covid'"),
        (["--words=sars,mers"], "vocab.txt: 2 unused slots for 4 new words"),
        (["--output_dir=."], ".: not an empty folder"),
        (["--output_dir=new.txt/out"], "new.txt/out: cannot be written (Not a directory): give output_dir"),
        (["--output_dir=hdfs://node/out"], "flag --output_dir=hdfs://node/out: not a path of this machine's"),
        (["--vocab_file=new.txt"], "new.txt: [UNK]"),
    ],
)
def test_wrong_input_is_one_line(run, tmp_path, flags, message):
    before = sorted(tmp_path.iterdir())
    result = run(*flags)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if "error:" in line]
    assert line.startswith(f"extend_vocab.py: error: {message}")
    assert sorted(tmp_path.iterdir()) == before
