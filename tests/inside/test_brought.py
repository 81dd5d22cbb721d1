"""What the assignment brings is there for a notebook, by each way in which notebooks ask; what it does not is told."""

import io
import zipfile

import nbformat
import pytest

from grader.course.materials import Download, Materials
from grader.execute.pool import Servers, Work, execute_one
from grader.model import Cause, Limits

FACES = "https://data.example.org/faces.csv"
WEIGHTS_ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz012345"
NETS = "https://github.com/example/nets"
ABSENT = "https://data.example.org/absent.zip"


def zipped(**files):
    """A zip as GitHub makes them: everything in one folder."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"nets-main/{name}", text)
    return content.getvalue()


BROUGHT = Materials(
    files={"data/a.csv": b"1,2\n", "drive/MyDrive/b.csv": b"3\n"},
    downloads={
        FACES: Download("faces-2024.csv", {"": b"5,6\n"}),
        f"https://drive.google.com/file/d/{WEIGHTS_ID}/view?usp=sharing": Download("weights.pt", {"": b"weights"}),
        f"{NETS}.git": Download("nets", {"README": b"nets", "src/net.py": b"size = 7\n"}),
        "https://github.com/example/zipped": Download("zipped.zip", {"": zipped(README="zipped nets")}),
    },
    inputs={"name": "ana", "how many": ["3", "4"]},
)


def say_missing(address):
    return (
        f"There is no network where notebooks are graded, and the assignment brings no file for {address}. "
        "A person looks at what needs it. (A course brings files by [downloads] in assignment.toml.)"
    )


@pytest.fixture(scope="module")
def servers():
    with Servers("bubblewrap") as servers:
        yield servers


@pytest.fixture
def run_cells(servers):
    """Runs cells as one notebook of the assignment."""

    def run_cells(*sources, materials=BROUGHT, limits=Limits(cell_s=120)):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        work = Work("key", "", nbformat.writes(notebook).encode(), (), limits, materials)
        executed = execute_one(work, servers)
        assert executed.fresh is not None, executed.run.because
        return executed

    return run_cells


@pytest.fixture
def execute(run_cells):
    """What each cell printed, and its cell run."""

    def execute(*sources, **options):
        executed = run_cells(*sources, **options)
        return [(printed(cell), run) for cell, run in zip(executed.fresh.cells, executed.run.cells, strict=True)]

    return execute


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream").replace("\r\n", "\n")


def test_files_lie_in_the_folder_of_the_notebook_and_are_its_own_to_change(execute):
    (read, _), (changed, run), (drive, _) = execute(
        "print(open('data/a.csv').read(), end='')",
        "open('data/a.csv', 'a').write('3,4\\n')\nprint(open('/content/data/a.csv').read(), end='')",
        "from google.colab import drive\ndrive.mount('/content/drive')\n!cat drive/MyDrive/b.csv",
    )
    assert read == "1,2\n"
    assert changed == "1,2\n3,4\n", run.because
    assert drive == "Mounted at /content/drive. It holds what the assignment brings, and nobody's own files.\n3\n"


def test_a_change_of_a_file_is_not_seen_by_the_next_notebook(execute):
    execute("open('data/a.csv', 'a').write('3,4\\n')")
    ((told, _),) = execute("print(open('data/a.csv').read(), end='')")
    assert told == "1,2\n"


def test_what_lies_ready_for_addresses_can_be_read_and_not_changed(execute):
    ((told, run),) = execute(
        "import os\nfolder = os.environ['GRADER_MATERIALS']\n"
        "for path in [folder + '/new', folder + '/materials.json', folder + '/downloads/0/faces-2024.csv']:\n"
        "    try:\n        open(path, 'w')\n    except OSError as error:\n        print(error.strerror)\n"
    )
    assert told == "Read-only file system\n" * 3, run.because


def test_wget_saves_the_file_under_the_names_that_wget_gives(execute):
    (first, _), (again, _), (named, _), (folder, _), (shown, _), (kept, _) = execute(
        f"!wget {FACES} && cat faces.csv",
        f"!wget -q {FACES} && ls",
        f"!wget -q -O one.csv '{FACES}?raw=1' || wget -q -O one.csv {FACES}; cat one.csv",
        f"!wget --no-check-certificate -q {FACES} -P sub && ls sub",
        f"!wget -qO- {FACES}",
        f"!wget -nc {FACES}",
    )
    assert first == "faces.csv: 4 bytes, from the files that the assignment brings.\n5,6\n"
    assert again.split() == ["data", "drive", "faces.csv", "faces.csv.1", "sample_data"]
    assert named == f"{say_missing(f'{FACES}?raw=1')}\n5,6\n"
    assert folder == "faces.csv\n"
    assert shown == "5,6\n"
    assert kept == "faces.csv is there already, and stays.\n"


def test_curl_prints_the_file_or_saves_it(execute):
    (shown, _), (own, _), (named, _), (in_bash, _) = execute(
        f"!curl -sL {FACES}",
        f"!curl -sSLO {FACES} && cat faces.csv",
        f"!curl --retry 3 -L -o b.csv {FACES} && cat b.csv",
        f"%%bash\ncurl -s {FACES} | wc -c",
    )
    assert shown == own == named == "5,6\n"
    assert in_bash == "4\n"


def test_gdown_knows_a_file_of_drive_by_its_id_however_it_is_written(execute):
    (bare, _), (option, _), (link, _), (called, _), (by_id, run) = execute(
        f"!gdown -q {WEIGHTS_ID} && cat weights.pt",
        f"!gdown -q --id {WEIGHTS_ID} -O w.pt && cat w.pt",
        f"!gdown -q 'https://drive.google.com/uc?id={WEIGHTS_ID}' -O sub/ && cat sub/weights.pt",
        f"import gdown\nprint(gdown.download('https://drive.google.com/open?id={WEIGHTS_ID}', 'x.pt', quiet=True))",
        f"print(gdown.download(id='{WEIGHTS_ID}', quiet=True), open('weights.pt').read())",
    )
    assert bare == option == link == "weights"
    assert called == "x.pt\n"
    assert by_id == "weights.pt weights\n", run.because


def test_git_clone_copies_a_folder_or_unpacks_a_zip_and_git_does_the_rest(execute):
    (cloned, _), (again, _), (archive, _), (own, _) = execute(
        f"!git clone {NETS} && cat nets/src/net.py",
        f"!git clone {NETS}.git",
        "!git clone -q --depth 1 https://github.com/example/zipped there && cat there/README",
        "!git init -q mine && ls -d mine/.git",
    )
    assert cloned == "Cloning into 'nets'... from the files that the assignment brings.\nsize = 7\n"
    assert again == "fatal: destination path 'nets' already exists and is not an empty directory.\n"
    assert archive == "zipped nets"
    assert own == "mine/.git\n"


def test_urllib_requests_and_torch_get_the_file_too(execute):
    cells = execute(
        f"import urllib.request\nprint(urllib.request.urlopen('{FACES}').read())",
        f"urllib.request.urlretrieve('{FACES}', 'a.csv')\nprint(open('a.csv', 'rb').read())",
        "opener = urllib.request.build_opener()\nopener.addheaders = [('User-Agent', 'Mozilla/5.0')]\n"
        f"urllib.request.install_opener(opener)\nprint(urllib.request.urlopen('{FACES}').read())",
        f"import requests\nprint(requests.get('{FACES}', stream=True).content)",
        f"import torch\ntorch.hub.download_url_to_file('{FACES}', 'b.csv', progress=False)\n"
        "print(open('b.csv', 'rb').read())",
        f"""!python -c "import urllib.request as u; print(u.urlopen('{FACES}').read())" """,
    )
    assert [told for told, _ in cells] == ["b'5,6\\n'\n"] * 6, [str(run.because) for _, run in cells]


def test_what_urllib_opens_is_a_response_in_every_detail(execute):
    """torchvision, for one, asks for its length."""
    (whole, run), (head, _) = execute(
        "import urllib.request\n"
        f"with urllib.request.urlopen('{FACES}') as response:\n"
        "    print(response.status, response.length, response.getheader('Content-Length'), response.url)\n"
        "    print(response.read(2), response.read(), response.read())",
        f"request = urllib.request.Request('{FACES}', method='HEAD')\n"
        "print(urllib.request.urlopen(request).headers['Content-Length'], urllib.request.urlopen(request).read())",
    )
    assert whole == f"200 4 4 {FACES}\nb'5,' b'6\\n' b''\n", run.because
    assert head == "4 b''\n"


def test_torch_hub_loads_weights_that_the_assignment_brings(execute, tmp_path):
    import torch

    torch.save({"layer": torch.ones(2)}, tmp_path / "net.pth")
    address = "https://download.example.org/net.pth"
    materials = Materials(downloads={address: Download("net.pth", {"": (tmp_path / "net.pth").read_bytes()})})
    ((told, run),) = execute(
        f"import torch\nprint(torch.hub.load_state_dict_from_url('{address}', progress=False))", materials=materials
    )
    assert told.endswith("{'layer': tensor([1., 1.])}\n"), run.because


def test_another_address_is_told_as_missing_by_each_way_and_noted_with_the_run(run_cells):
    executed = run_cells(
        f"!wget {ABSENT}\nprint(_exit_code)",
        f"!curl -sO {ABSENT}1\nprint(_exit_code)",
        f"!git clone {NETS}-of-others\nprint(_exit_code)",
        f"import urllib.request\nurllib.request.urlopen('{ABSENT}2')",
        f"import requests\nrequests.get('{ABSENT}3')",
        f"import gdown\ngdown.download('{ABSENT}4')",
        "import socket\nsocket.create_connection(('api.example.org', 443))",
    )
    told = [printed(cell) for cell in executed.fresh.cells]
    assert told[:3] == [
        f"{say_missing(ABSENT)}\n4\n",
        f"{say_missing(ABSENT + '1')}\n6\n",
        f"{say_missing(NETS + '-of-others')}\n128\n",
    ]
    assert [str(cell.because) for cell in executed.run.cells[3:]] == [
        f"URLError: <urlopen error {say_missing(ABSENT + '2')}>",
        f"ConnectionError: {say_missing(ABSENT + '3')}",
        f"FileURLRetrievalError: {say_missing(ABSENT + '4')}",
        "gaierror: [Errno -3] there is no network where notebooks are graded",
    ]
    assert executed.run.asked_in_vain == (
        ABSENT,
        f"{ABSENT}1",
        f"{NETS}-of-others",
        *(f"{ABSENT}{number}" for number in (2, 3, 4)),
        "api.example.org",
    )


def test_what_was_asked_for_in_vain_is_known_also_of_a_kernel_that_died(run_cells):
    executed = run_cells(f"!wget -q {ABSENT}", "import os\nos._exit(1)")
    assert executed.run.end == "died"
    assert executed.run.asked_in_vain == (ABSENT,)


def test_a_notebook_that_notes_without_end_fills_nothing(run_cells):
    executed = run_cells(
        "import os\nrecord = os.open(os.environ['GRADER_MISSING'], os.O_WRONLY | os.O_NONBLOCK)\n"
        "try:\n    while True:\n        os.write(record, b'x' * 4096 + b'\\n')\nexcept BlockingIOError:\n    pass",
        f"!wget -q {ABSENT}",
        "import os\nos.environ.clear()\nimport urllib.request\nurllib.request.urlopen('https://data.example.org/x')",
    )
    assert executed.run.asked_in_vain == ("x" * 300, ABSENT)
    assert (
        str(executed.run.cells[2].because) == f"URLError: <urlopen error {say_missing('https://data.example.org/x')}>"
    )


def test_input_is_answered_by_what_stands_in_the_prompt_and_shown_as_typed(execute):
    (told, _), (_, used_up), (_, other) = execute(
        "print(input('Your NAME? ') + input('And your name: '), input('How many? '), input('How many? '))",
        "input('How many? ')",
        "input()",
    )
    assert told == "Your NAME? ana\nAnd your name: ana\nHow many? 3\nHow many? 4\nanaana 3 4\n"
    waits = (
        "waits for somebody to type, and nobody does where notebooks are graded: write the value into the cell instead."
    )
    assert str(used_up.because) == (
        f"EOFError: input('How many? ') {waits} The assignment has 2 answers for it, and all are used up."
    )
    assert str(other.because) == f"EOFError: input() {waits}"


def test_input_is_answered_in_order_whatever_the_prompt(execute):
    (told, _), (_, more) = execute(
        "print(input('a '), input())", "input('b ')", materials=Materials(inputs=["one", "two"])
    )
    assert told == "a one\ntwo\none two\n"
    assert str(more.because).endswith("The assignment has 2 answers for it, and all are used up.")


def test_a_password_is_answered_and_does_not_show(execute):
    ((told, _),) = execute(
        "import getpass\nprint(len(getpass.getpass('Key: ')))", materials=Materials(inputs=["secret"])
    )
    assert told == "Key: \n6\n"


def test_the_sample_files_of_colab_are_told_as_missing_unless_the_assignment_brings_them(run_cells):
    name = "sample_data/california_housing_test.csv"
    cells = ("print(open('sample_data/README.md').read(), end='')", f"open('{name}').read()")
    executed = run_cells(*cells)
    readme, told = map(printed, executed.fresh.cells)
    assert readme == (
        "Colab puts sample files into this folder: anscombe.json, california_housing_test.csv, "
        "california_housing_train.csv, mnist_test.csv, mnist_train_small.csv.\n"
        "They are not here, where notebooks are graded, unless the assignment brings them.\n"
    )
    assert told == (
        "Colab has sample files in sample_data, which are not here, where notebooks are graded. "
        "A person looks at what needs them. (A course brings files by [files] in assignment.toml.)\n"
    )
    assert executed.run.cells[1].cause == Cause(kind="file", what=name, cell=2)
    brought = run_cells(*cells, materials=Materials(files={name: b"1,2\n"}))
    assert [cell.end for cell in brought.run.cells] == ["ok", "ok"]


def test_a_package_that_the_course_states_and_that_is_missing_here_is_passed_over(run_cells):
    executed = run_cells(
        "import no_such_package, math\nprint(math.pi > 3)", materials=Materials(packages={"no_such_package": ""})
    )
    assert printed(executed.fresh.cells[0]) == "True\n"
    assert executed.run.cells[0].cause == Cause(kind="package", what="no_such_package", cell=1)
    assert executed.run.lost == {"no_such_package": Cause(kind="package", what="no_such_package", cell=1)}


def test_what_the_course_states_is_imported_before_any_notebook_is_run():
    modules = ("xmlrpc.client", "no_such_module")
    with Servers("bubblewrap", modules=modules) as servers:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("import sys\n'xmlrpc.client' in sys.modules")]
        )
        executed = execute_one(Work("key", "", nbformat.writes(notebook).encode(), (), Limits(cell_s=120)), servers)
        with servers.lend() as server:
            assert server.greeting["missing"] == ["no_such_module"]
    assert executed.fresh.cells[0].outputs[0].data["text/plain"] == "True"


def test_a_package_that_is_broken_here_is_no_fault_of_the_notebooks(run_cells):
    executed = run_cells(
        "open('imgaug.py', 'w').write('raise RuntimeError(\"built for another machine\")')",
        "import imgaug",
        "import torch\ntorch.nn.Linear(1, 2)(torch.ones(3))",
    )
    told = [printed(cell) for cell in executed.fresh.cells]
    assert told == ["", "imgaug is installed here, but cannot be imported. A person looks at what needs it.\n", ""]
    assert str(executed.run.cells[1].because) == "RuntimeError: built for another machine"
    assert executed.run.cells[1].cause == Cause(kind="package", what="imgaug", cell=2)
