"""Names are followed from cell to cell: lost for a cause of ours, made again, or the student's own to answer for."""

from __future__ import annotations

import pytest

from grader.execute.causes import CellError, RunSetting, StoredOutcome, read_error, read_stored
from grader.execute.losses import Losses, Outcome
from grader.files.cell_names import read_code
from grader.model import ANY_NAME, NETWORKS, Cause

NO_GPU = CellError("AssertionError", "Torch not compiled with CUDA enabled")
OK = Outcome(is_ok=True)


def run(losses, *cells):
    """Each cell as (source, None) where it ran, or (source, error)."""
    followed = []
    for number, (source, error) in enumerate(cells, start=1):
        outcome = OK if error is None else Outcome(is_ok=False, error=error)
        followed.append(losses.follow(number, read_code(source), outcome))
        losses.end_cell(source, followed[-1].cause)
    return followed


def at(line, name, value):
    return CellError(name, value, line)


def gone(name, line=1):
    return at(line, "NameError", f"name '{name}' is not defined")


def test_what_a_stopped_statement_makes_and_changes_is_lost_and_what_is_computed_from_it():
    losses = Losses()
    run(
        losses,
        ("net = make()\nother = make()\nn = 3", None),
        ("train(net.cuda())", at(1, *vars_of(NO_GPU))),
        ("score = net(1)\nsize = n + 1", None),
    )
    cause = Cause(kind="device", what=".cuda()", cell=2)
    assert losses.all_lost() == {"net": cause, "score": cause, NETWORKS: cause}


def vars_of(error):
    return error.name, error.value


def test_a_name_that_is_made_again_is_no_longer_lost():
    losses = Losses()
    run(losses, ("x = load().cuda()", at(1, *vars_of(NO_GPU))), ("x = 3", None), ("y = x", None))
    assert losses.all_lost() == {}


def test_a_function_that_needs_a_lost_name_is_lost_and_one_that_binds_its_own_is_not():
    losses = Losses()
    run(
        losses,
        ("w = t.cuda()", at(1, *vars_of(NO_GPU))),
        ("def f(x):\n    return g(x)\ndef g(x):\n    return x * w\ndef h(w):\n    return w", None),
    )
    assert set(losses.all_lost()) == {"w", "f", "g"}


def test_a_missing_name_is_followed_to_the_cell_that_would_have_made_it():
    losses = Losses()
    _, second, third = run(
        losses, ("a = t.cuda()", at(1, *vars_of(NO_GPU))), ("b = a", gone("a")), ("c = never", gone("never"))
    )
    assert second.cause == Cause(kind="device", what=".cuda()", cell=1)
    assert third.cause == Cause(kind="student", what="NameError", cell=3)
    assert set(losses.all_lost()) == {"a", "b"}


def test_after_a_star_import_that_failed_any_name_may_be_lost():
    losses = Losses()
    missing = at(1, "ModuleNotFoundError", "No module named 'helpers'")
    _, second = run(losses, ("from helpers import *", missing), ("show(3)", gone("show")))
    assert second.cause == Cause(kind="file", what="helpers.py", cell=1)
    assert ANY_NAME in losses.all_lost()


def test_a_package_imported_in_a_try_excuses_only_what_stops_for_want_of_it():
    losses = Losses()
    fallback = "try:\n    import no_such_package as p\nexcept ImportError:\n    {}"
    first, second, third = run(
        losses, (fallback.format("pass"), None), ("x = p.read()", gone("p")), ("y = q", gone("q"))
    )
    assert first.cause is None
    assert second.cause.what == "no_such_package"
    assert third.cause.kind == "student"
    losses = Losses()
    (_, replaced) = run(losses, (fallback.format("p = None"), None), ("x = p.y", at(1, "AttributeError", "NoneType")))
    assert replaced.cause.kind == "student"


def test_a_module_that_the_notebook_makes_itself_is_not_missing():
    losses = Losses()
    made = "import sys, types\nsys.modules['own'] = types.ModuleType('own')\nsys.modules['own'].f = abs"
    *_, third = run(losses, (made, None), ("from own import f", None), ("f('a')", at(1, "TypeError", "bad operand")))
    assert third.cause.kind == "student"
    assert losses.all_lost() == {}


@pytest.mark.parametrize(
    ("source", "name", "value"),
    [
        ("raise ModuleNotFoundError(\"No module named 'pandas'\")", "ModuleNotFoundError", "No module named 'pandas'"),
        ("raise RuntimeError('Found no NVIDIA driver on your system')", "RuntimeError", "Found no NVIDIA driver"),
        ("torch.zeros(2).to('gpu')", "RuntimeError", "Expected one of cpu, cuda, mps device type: gpu"),
        ("import numpy.nothing", "ModuleNotFoundError", "No module named 'numpy.nothing'"),
        ("from numpy import nothing", "ImportError", "cannot import name 'nothing' from 'numpy'"),
        ("x = 1 / 0", "ZeroDivisionError", "division by zero"),
        ("{}['a']", "KeyError", "'a'"),
        ("out = harris(image)\nout.shape", "AttributeError", "'NoneType' object has no attribute 'shape'"),
        ("open('x', 'w').write(1)", "TypeError", "write() argument must be str"),
        ("os.makedirs('a')", "FileExistsError", "[Errno 17] File exists: 'a'"),
        ("assert False, 'Torch not compiled with CUDA enabled'", *vars_of(NO_GPU)),
        (
            f"class T:\n    def cuda(self):\n        raise AssertionError('{NO_GPU.value}')\nT().cuda()",
            *vars_of(NO_GPU),
        ),
        (
            "from itertools import batch",
            "ImportError",
            "cannot import name 'batch' from 'itertools' (unknown location)",
        ),
        ("import_module('torch.nothing')", "ModuleNotFoundError", "No module named 'torch.nothing'"),
        ("try:\n    import torch\nexcept ImportError:\n    raise\n1 / 0", "ZeroDivisionError", "division by zero"),
        ("if not os.getenv('KEY'):\n    1 / 0", "ZeroDivisionError", "division by zero"),
        ("sys.exit(1)", "SystemExit", "1"),
    ],
)
def test_an_error_without_a_cause_of_ours_is_the_students(source, name, value):
    (followed,) = run(Losses(), (source, at(1, name, value)))
    assert followed.cause == Cause(kind="student", what=name, cell=1)
    assert followed.rest == ""


@pytest.mark.parametrize(
    ("source", "name", "value", "kind", "what"),
    [
        ("m.to(device)", "RuntimeError", "Found no NVIDIA driver on your system", "device", ".to(device)"),
        (
            "x = t.to('mps')",
            "RuntimeError",
            "PyTorch is not linked with support for mps devices",
            "device",
            ".to('mps')",
        ),
        ("s = torch.load('w.pt')", "FileNotFoundError", "[Errno 2] No such file or directory: 'w.pt'", "file", "w.pt"),
        ("%run other.ipynb", "Exception", "File `'other.ipynb'` not found.", "file", "other.ipynb"),
        ("assert os.path.exists('a/b.csv')", "AssertionError", "", "file", "a/b.csv"),
        ("MNIST('data/')", "RuntimeError", "Dataset not found. You can use download=True", "file", "data/"),
        ("k = os.environ['KEY']", "KeyError", "'KEY'", "secret", "os.environ['KEY']"),
        (
            "m = load('bert')",
            "OSError",
            "We couldn't connect to 'https://huggingface.co' to load",
            "network",
            "https://huggingface.co",
        ),
        ("import pandas.io", "ModuleNotFoundError", "No module named 'pandas'", "package", "pandas"),
        *(
            (f"p = importlib.{call}('no_such_package')", name, value, "package", "no_such_package")
            for call, name, value in (
                ("import_module", "ModuleNotFoundError", "No module named 'no_such_package'"),
                ("metadata.version", "PackageNotFoundError", "No package metadata was found for no_such_package"),
            )
        ),
        ("assert find_spec('no_such_package')", "AssertionError", "", "package", "no_such_package"),
        (
            "try:\n    import no_such_package\nexcept ImportError as e:\n    raise RuntimeError('install it') from e",
            "RuntimeError",
            "install it",
            "package",
            "no_such_package",
        ),
        (
            "subprocess.check_call([sys.executable, '-m', 'pip', 'install', '-q', 'albumentations'])",
            "CalledProcessError",
            "Command '[...]' returned non-zero exit status 1.",
            "package",
            "albumentations",
        ),
        (
            "from itertools import batched",
            "ImportError",
            "cannot import name 'batched' from 'itertools' (unknown location)",
            "interpreter",
            "itertools.batched",
        ),
        (
            "m = math.sumprod(a, b)",
            "AttributeError",
            "module 'math' has no attribute 'sumprod'",
            "interpreter",
            "math.sumprod",
        ),
        (
            "h = 'Bearer ' + os.getenv('KEY')",
            "TypeError",
            'can only concatenate str (not "NoneType") to str',
            "secret",
            "os.getenv('KEY')",
        ),
        (
            "if not os.environ.get('KEY'):\n    raise ValueError('no key')",
            "ValueError",
            "no key",
            "secret",
            "os.environ.get('KEY')",
        ),
        (
            "if not torch.cuda.is_available():\n    sys.exit(1)",
            "SystemExit",
            "1",
            "device",
            "torch.cuda.is_available()",
        ),
        (
            "torch.cuda.Stream()",
            "RuntimeError",
            "Tried to instantiate dummy base class Stream",
            "device",
            "torch.cuda.Stream()",
        ),
    ],
)
def test_what_the_student_had_and_we_lack_has_its_kind_and_its_name(source, name, value, kind, what):
    (followed,) = run(Losses(RunSetting(packages={"pandas"})), (source, at(1, name, value)))
    assert followed.cause == Cause(kind=kind, what=what, cell=1)


def test_with_a_gpu_here_an_error_of_cuda_is_the_students():
    (followed,) = run(
        Losses(RunSetting(has_gpu=True)), ("x.cuda()", at(1, "RuntimeError", "CUDA error: device-side assert"))
    )
    assert followed.cause.kind == "student"


def test_a_cell_that_stopped_with_the_same_error_where_it_was_written_is_the_students():
    code, error = read_code("x.cuda()"), at(1, *vars_of(NO_GPU))
    stored = read_stored(
        {"execution_count": 1, "outputs": [{"output_type": "error", "ename": error.name, "evalue": ""}]}
    )
    assert Losses().follow(1, code, Outcome(is_ok=False, error=error, stored=stored)).cause.kind == "student"
    fine = StoredOutcome(has_run=True)
    assert Losses().follow(1, code, Outcome(is_ok=False, error=error, stored=fine)).cause.kind == "device"


def test_another_version_of_a_package_is_ours_only_where_the_cell_went_well_before():
    code = read_code("import numpy as np\nx = np.float(3)")
    error = at(2, "AttributeError", "module 'numpy' has no attribute 'float'")
    for stored, kind in [(StoredOutcome(has_run=True), "version"), (StoredOutcome(), "student")]:
        assert Losses().follow(1, code, Outcome(is_ok=False, error=error, stored=stored)).cause.kind == kind


def test_a_cell_that_goes_on_without_what_it_fetches_has_lost_what_it_makes_of_it():
    losses = Losses()
    source = "try:\n    raw = fetch('https://data.example.org/a')\nexcept OSError:\n    raw = b''"
    losses.follow(1, read_code(source), Outcome(is_ok=True, asked=["https://data.example.org/a"]))
    assert losses.all_lost() == {"raw": Cause(kind="network", what="https://data.example.org/a", cell=1)}


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("files.upload()", "input"), ("input('n? ')", "input"), ("https://example.org/Net_(a)", "network")],
)
def test_what_a_person_would_choose_or_type_is_not_said_to_be_fetched(asked, kind):
    losses = Losses()
    source = f"try:\n    raw = take({asked if kind == 'input' else repr(asked)})\nexcept OSError:\n    raw = b''"
    losses.follow(1, read_code(source), Outcome(is_ok=True, asked=[asked]))
    assert losses.all_lost() == {"raw": Cause(kind=kind, what=asked, cell=1)}


def test_the_line_of_an_error_is_the_cells_own():
    trace = ["\x1b[31mE\x1b[0m", "Cell In[7], line 4\n----> 4 f()", "Cell In[2], line 9, in f()", "Error: x"]
    assert read_error({"ename": "E", "evalue": "x", "traceback": trace, "execution_count": 7}).line == 4
    timed = ["Cell In[3], line 1", "File <timed exec>:2"]
    assert read_error({"ename": "E", "evalue": "x", "traceback": timed, "execution_count": 3}).line == 3
    assert read_error({"ename": "E", "evalue": "x"}).line is None
    assert read_error({"ename": None, "evalue": 3, "traceback": "no list"}).line is None


@pytest.mark.parametrize(
    "cells",
    [
        ["dev = torch.device('cuda')", "def use(x):\n    return x.to(dev)", "y = use(x)"],
        ["where = 'cuda'", "y = x.to(where)"],
        ["torch.set_default_device('cuda')", "y = torch.ones(3)"],
    ],
)
def test_a_device_is_followed_through_the_name_that_holds_it(cells):
    losses = Losses()
    *_, last = run(losses, *((cell, None) for cell in cells[:-1]), (cells[-1], at(1, *vars_of(NO_GPU))))
    assert last.cause.kind == "device"


def test_a_file_that_the_students_own_mistake_did_not_write_is_no_lack():
    losses = Losses()
    _, second = run(
        losses,
        ("np.savee('mid.npy', image)", at(1, "AttributeError", "module 'numpy' has no attribute 'savee'")),
        ("x = np.load('mid.npy')", at(1, "FileNotFoundError", "[Errno 2] No such file or directory: 'mid.npy'")),
    )
    assert second.cause == Cause(kind="student", what="FileNotFoundError", cell=2)


def test_a_file_of_code_that_is_not_here_may_have_brought_any_name():
    losses = Losses()
    missing = at(1, "Exception", "File `'utils.ipynb'` not found.")
    _, second = run(losses, ("%run utils.ipynb", missing), ("y = shift(3)", gone("shift")))
    assert second.cause == Cause(kind="file", what="utils.ipynb", cell=1)


def test_a_secret_that_was_not_there_is_followed_to_where_it_is_used():
    losses = Losses()
    cells = ("try:\n    key = userdata.get('KEY')\nexcept Exception:\n    key = None", None)
    _, second = run(losses, cells, ("k = key[:3]", at(1, "TypeError", "'NoneType' object is not subscriptable")))
    assert second.cause == Cause(kind="secret", what="userdata.get('KEY')", cell=2)


TRIED = (
    "try:\n    import no_such_package\n    HAVE = True\n    def f(x):\n        return x\nexcept ImportError:\n    {}"
)
PACKAGE = Cause(kind="package", what="no_such_package")


@pytest.mark.parametrize(
    ("branch", "cause"),
    [
        (TRIED.format("print('install it')"), PACKAGE),
        ("with suppress(ImportError):\n    import no_such_package\n    def f(x):\n        return x", PACKAGE),
        (
            "if torch.cuda.is_available():\n    def f(x):\n        return x",
            Cause(kind="device", what="torch.cuda.is_available()"),
        ),
    ],
)
def test_a_function_in_a_branch_that_is_not_taken_here_is_lost(branch, cause):
    losses = Losses()
    _, second = run(losses, (branch, None), ("y = f(3)", gone("f")))
    assert losses.all_lost()["f"] == cause
    assert second.cause == cause


@pytest.mark.parametrize(
    "cells",
    [
        ["def f(x):\n    return 2 * x", TRIED.format("pass")],
        [TRIED.format("pass"), "def f(x):\n    return 2 * x"],
        [TRIED.format("f = len")],
        ["if torch.cuda.is_available():\n    def f(x):\n        return x\nelse:\n    f = len"],
        ["if not torch.cuda.is_available():\n    def f(x):\n        return x"],
        ["try:\n    import json\n    def f(x):\n        return x\nexcept ImportError:\n    pass"],
    ],
)
def test_a_function_that_is_made_elsewhere_or_in_the_branch_that_is_taken_is_not_lost(cells):
    losses = Losses()
    run(losses, *((cell, None) for cell in cells))
    assert "f" not in losses.all_lost()


def test_a_flag_that_is_set_behind_a_missing_import_excuses_what_stops_for_it_and_nothing_else():
    losses = Losses()
    _, second = run(losses, (TRIED.format("print('install it')"), None), ("if HAVE:\n    use()", gone("HAVE")))
    assert second.cause == PACKAGE
    assert "HAVE" not in losses.lost  # a function that only looks at it depends on nothing
    assert losses.all_lost()["HAVE"].kind == "package"
    run(losses, ("HAVE = False", None))
    assert "HAVE" not in losses.all_lost()


def test_what_a_film_that_is_not_here_gave_is_followed_over_several_statements():
    losses = Losses()
    none = at(1, "TypeError", "'NoneType' object is not subscriptable")
    *_, last = run(
        losses,
        ("film = cv2.VideoCapture('clip.mp4')", None),
        ("ok, frame = film.read()", None),
        ("small = frame[::2]", none),
    )
    assert last.cause == Cause(kind="file", what="clip.mp4", cell=3)


@pytest.mark.parametrize("end", ["raise SystemExit('install it') from e", "sys.exit('install it')"])
def test_a_notebook_that_ends_itself_for_want_of_a_package_shows_no_line_and_is_understood(end):
    cell = f"x = 1\ntry:\n    import no_such_package\nexcept ImportError as e:\n    {end}\ny = 2"
    (followed,) = run(Losses(), (cell, CellError("SystemExit", "install it")))
    assert (followed.cause.kind, followed.cause.what) == ("package", "no_such_package")
    assert followed.rest.endswith("\ny = 2")
