"""Notebooks made in Colab run in the sandbox: what cannot be done here says so in one line."""

import importlib.util
import io
from base64 import b64decode

import nbformat
import numpy as np
import pytest
from PIL import Image

from grader.execute.pool import Servers, Work, execute_one
from grader.model import Cause, Limits


@pytest.fixture(scope="module")
def servers():
    with Servers("bubblewrap") as servers:
        yield servers


@pytest.fixture
def execute(servers):
    """Runs cells as one notebook; returns for each what it printed, and its cell run."""

    def execute(*sources):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        executed = execute_one(Work("key", "", nbformat.writes(notebook).encode(), (), Limits(cell_s=120)), servers)
        assert executed.fresh is not None, executed.run.because
        return [(printed(cell), run) for cell, run in zip(executed.fresh.cells, executed.run.cells, strict=True)]

    return execute


def printed(cell):
    """What the cell printed; a terminal, which `!` lines believe in, ends its lines in its own way."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream").replace("\r\n", "\n")


def test_a_notebook_finds_itself_in_colab_by_each_of_the_usual_ways(execute):
    ((told, run),) = execute(
        "import os, sys\n"
        "before = 'google.colab' in sys.modules\n"
        "import google.colab\n"
        "print(before, 'google.colab' in str(get_ipython()), 'COLAB_GPU' in os.environ, os.getcwd(), os.listdir())"
    )
    assert run.end == "ok"
    assert told == "True True True /content ['sample_data']\n"


def test_a_mounted_drive_is_there_and_says_that_it_is_empty(execute):
    (told, run), (listed, _) = execute(
        "from google.colab import drive\ndrive.mount('/content/drive', force_remount=True)",
        "import os\nprint(os.listdir('/content/drive/MyDrive'), os.listdir('/content/drive/My Drive'))",
    )
    assert run.end == "ok"
    assert told == "Mounted at /content/drive. It is empty here: nobody's Drive is read where notebooks are graded.\n"
    assert listed == "[] []\n"


def test_a_drive_that_cannot_be_mounted_costs_a_line_and_no_error(execute):
    ((told, run),) = execute("from google.colab import drive\ndrive.mount('/usr/drive')")
    assert run.end == "ok"
    assert told == (
        "Drive could not be mounted at /usr/drive (Read-only file system); nobody's files are here in any case.\n"
    )


def test_a_file_that_somebody_would_have_to_choose_is_told_as_missing(execute):
    (_, chosen), (_, named), (_, there) = execute(
        "from google.colab import files\nfiles.upload()",
        "files.upload_file('data.csv')",
        "open('data.csv', 'w').close()\nassert files.upload_file('data.csv') == 'data.csv'",
    )
    remedy = "Make the data in the notebook, or hand the file in as your instructor says."
    assert str(chosen.because) == (
        "FileNotFoundError: files.upload() waits for somebody to choose a file, and nobody does where notebooks are "
        f"graded: the file is missing here. {remedy}"
    )
    assert str(named.because) == (
        "FileNotFoundError: files.upload_file() waits for somebody to choose `data.csv`, and nobody does where "
        f"notebooks are graded: the file is missing here. {remedy}"
    )
    assert there.end == "ok"


def test_a_download_leaves_the_file_where_it_is_and_misses_one_that_is_not_there(execute):
    (told, run), (_, missing), (shown, _) = execute(
        "from google.colab import files\nopen('model.pt', 'w').close()\nfiles.download('model.pt')",
        "files.download('other.pt')",
        "files.view('model.pt')",
    )
    assert run.end == "ok"
    assert told == (
        "files.download: model.pt is there, and stays there; nothing is downloaded where notebooks are graded.\n"
    )
    assert str(missing.because) == "FileNotFoundError: Cannot find file: other.pt"
    assert shown == "files.view: model.pt is not shown where notebooks are graded.\n"


def test_what_needs_a_person_or_a_browser_says_so_at_once(execute):
    (signed_in, _), (_, secret), (_, script), (_, typed), (_, password) = execute(
        "from google.colab import auth, userdata, output\nauth.authenticate_user()",
        "userdata.get('KEY')",
        "output.eval_js('1 + 1', ignore_result=True)\noutput.eval_js('1 + 1')",
        "name = input('Your name? ')",
        "import getpass\ngetpass.getpass()",
    )
    assert signed_in == "auth: nobody is signed in to Google where notebooks are graded.\n"
    assert str(secret.because) == (
        "SecretNotFoundError: The secret `KEY` is yours alone: it is not there where notebooks are graded."
    )
    assert (
        str(script.because) == "Error: output.eval_js() asks a browser, and there is none where notebooks are graded."
    )
    for run, asked in ((typed, "input('Your name? ')"), (password, "getpass('Password: ')")):
        assert str(run.because) == (
            f"EOFError: {asked} waits for somebody to type, and nobody does where notebooks are "
            "graded: write the value into the cell instead."
        )


def test_output_in_tabs_and_temporary_places_is_kept(execute):
    ((told, run),) = execute(
        "from google.colab import output, runtime, widgets\n"
        "with output.temporary(), output.use_tags('a'):\n    print('one')\n"
        "with widgets.TabBar(['a', 'b']).output_to('a', select=True):\n    print('two')\n"
        "with widgets.Grid(1, 2).output_to(0, 1):\n    print('three')\n"
        "runtime.unassign()"
    )
    assert run.end == "ok"
    assert told == "one\ntwo\nthree\n"


def test_cv2_imshow_shows_the_picture_with_its_own_colours(servers):
    source = (
        "import numpy as np\nfrom google.colab.patches import cv2_imshow\n"
        "cv2_imshow(np.full((2, 3, 3), [255.7, 10, 0]))\ncv2_imshow(np.zeros((2, 3), np.uint8))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    executed = execute_one(Work("key", "", nbformat.writes(notebook).encode(), (), Limits(cell_s=120)), servers)
    blue, grey = (output.data["image/png"] for output in executed.fresh.cells[0].outputs)
    assert np.asarray(Image.open(io.BytesIO(b64decode(blue)))).tolist() == [[[0, 10, 255]] * 3] * 2
    assert np.asarray(Image.open(io.BytesIO(b64decode(grey)))).tolist() == [[0] * 3] * 2


def test_a_window_of_opencv_is_an_error_and_not_the_end_of_the_kernel(execute):
    (_, shown), (_, opened), (told, _) = execute(
        "import cv2, numpy as np\ncv2.imshow('window', np.zeros((3, 3), np.uint8))",
        "try:\n    cv2.namedWindow('window')\nexcept cv2.error:\n    cv2.destroyAllWindows()",
        "print('alive')",
    )
    assert str(shown.because) == (
        "error: cv2.imshow() opens a window, and there is no screen here, nor in Colab: "
        "use `from google.colab.patches import cv2_imshow`, or plt.imshow."
    )
    assert opened.end == "ok"
    assert told == "alive\n"


def test_the_shell_magics_run_bash_and_an_error_in_it_is_the_cells(execute):
    (told, run), (_, failed), (_, forgiven), (line, _), (_, failed_line) = execute(
        "%%shell\nnames=(ana bruno)\nfor i in 0 1; do echo ${names[$i]}; done",
        "%%shell\nfalse",
        "%%shell --ignore-errors\nfalse",
        "word = 'there'\n!echo hello {word}\nprint(_exit_code)",
        "%shell false",
    )
    assert run.end == "ok"
    assert told == "ana\nbruno\n"
    assert str(failed.because) == "CalledProcessError: Command '%%shell' returned non-zero exit status 1."
    assert forgiven.end == "ok"
    assert line == "hello there\n0\n"
    assert str(failed_line.because) == "CalledProcessError: Command '%shell' returned non-zero exit status 1."


def test_a_shell_line_in_a_function_sees_its_variables(execute):
    ((told, _),) = execute("def greet(word):\n    !echo {word} $word\ngreet('hello')")
    assert told == "hello hello\n"


def test_colabs_magics_of_tensorflow_and_tables_cost_nothing(execute):
    (told, run), (_, old), (_, table), (_, captured) = execute(
        "%tensorflow_version 2.x\nprint('and on')",
        "%tensorflow_version 1.x",
        "%load_ext google.colab.data_table",
        "%%capture\nprint('not shown')",
    )
    assert run.end == table.end == captured.end == "ok"
    assert told == "%tensorflow_version has no effect: TensorFlow is not installed here.\nand on\n"
    assert str(old.because) == "ValueError: TensorFlow 1 has been taken out of Colab, and is not here."


def test_pip_says_what_is_there_and_that_nothing_can_be_added(execute):
    (there, _), (missing, _), (by_magic, _) = execute(
        "!pip install torch", "!pip install -q numpy no-such-package", "%pip install -q no-such-package"
    )
    assert there.startswith("Requirement already satisfied: torch ")
    for told in (missing, by_magic):
        assert "ERROR: No matching distribution found for no-such-package\n" in told
        assert "No package can be added where notebooks are graded: use those that are installed.\n" in told


def test_only_what_wants_the_network_is_told_that_there_is_none(execute):
    (installed, _), (other, _) = execute("!apt-get install -q fonts-no-such", "!ls no-such-file")
    assert installed.endswith(
        "There is no network where notebooks are graded: what this line fetches is missing here.\n"
    )
    assert "network" not in other


def test_a_python_that_a_cell_starts_is_in_colab_too(execute):
    ((told, _),) = execute("!python -c 'import google.colab; print(google.colab.__name__)'")
    assert told == "google.colab\n"


ABSENT = next(name for name in ("ultralytics", "fastai", "dlib", "wordcloud") if not importlib.util.find_spec(name))


def test_a_cell_whose_import_is_missing_here_goes_on_with_the_other_names(execute):
    first, second, last = execute(
        f"import random, {ABSENT} as absent, string\nfrom {ABSENT}.parts import one\nimport math\n"
        "print(math.pi > 3, string.digits)",
        "absent",
        "import a_slip_of_the_pen\nprint('reached')",
    )
    assert first[0] == "True 0123456789\n"
    assert str(first[1].because) == f"ModuleNotFoundError: No module named '{ABSENT}'"
    assert first[1].cause == Cause(kind="package", what=ABSENT, cell=1)
    assert str(second[1].because) == "NameError: name 'absent' is not defined"
    assert second[1].cause == first[1].cause
    assert last[0] == "reached\n"
    assert last[1].cause == Cause(kind="file", what="a_slip_of_the_pen.py", cell=3)
