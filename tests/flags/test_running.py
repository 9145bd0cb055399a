"""How a script ends: with one line where the user, not the code, has to put something right."""

import os


def test_errors_are_one_line_without_traceback(in_a_process_of_its_own):
    for raised, message in (
        ('UserError("wrong:\\n  mend it")', "error: wrong: mend it"),
        ('FileNotFoundError(2, "No such file", "none.txt")', "error: none.txt: No such file"),
        ('KeyboardInterrupt("stopped after step 3")', "stopped after step 3"),
    ):
        program = f"from bert_tf.errors import UserError\ndef main():\n    raise {raised}\nflags.run(main)\n"
        result = in_a_process_of_its_own(program)
        assert result.stderr == f"-c: {message}\n"
        assert result.returncode == (130 if "Keyboard" in raised else 1)


def test_errors_of_the_code_keep_their_traceback(in_a_process_of_its_own):
    result = in_a_process_of_its_own("def main():\n    raise ZeroDivisionError\nflags.run(main)\n")
    assert "Traceback" in result.stderr


def test_what_is_no_flag(in_a_process_of_its_own):
    result = in_a_process_of_its_own("flags.run(lambda: None)", "MRPC")
    assert result.stderr == "-c: error: 'MRPC' is no flag: write --name=value\n" and result.returncode == 1


def test_a_reader_that_goes_away_is_no_traceback(in_a_process_of_its_own):
    for arguments in (["--help"], []):
        reading, writing = os.pipe()
        os.close(reading)
        result = in_a_process_of_its_own("flags.run(lambda: print('a line'))", *arguments, stdout=writing)
        os.close(writing)
        assert result.stderr == "-c: stopped: nothing reads its output any more\n" and result.returncode == 1
