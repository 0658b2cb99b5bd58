"""What Terraform, containers, manifests and workflows are made of, and what they start."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import Graph, extract, language_of
from trees import edges_from, graph_of


def edges(files: dict[str, str]) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in graph_of(files).edges if edge.kind != "part"}


def test_a_change_in_a_terraform_module_reaches_who_calls_it() -> None:
    files = {
        "modules/vpc/main.tf": 'resource "aws_vpc" "v" {}',
        "modules/vpc/out.tf": 'output "id" { value = aws_vpc.v.id }',
        "live/prod/main.tf": 'module "net" {\n  source = "../../modules/vpc"\n}',
        "live/prod/db.tf": 'resource "aws_db_instance" "d" { vpc = module.net.id }',
    }
    assert edges(files) == {
        ("live/prod/aws_db_instance.d", "live/prod/module.net", "reference"),
        ("live/prod/module.net", "modules/vpc/", "module"),
        ("modules/vpc/output.id", "modules/vpc/aws_vpc.v", "reference"),
    }
    reached = graph_of(files).reach(["modules/vpc/main.tf"]).distance
    assert (reached["modules/vpc/"], reached["live/prod/module.net"]) == (0, 1)
    assert reached["live/prod/aws_db_instance.d"] == 2


@pytest.mark.parametrize(
    "source", ["hashicorp/consul/aws", "git::https://example.org/x.git", "./gone", "../../../etc", "/abs"]
)
def test_a_module_from_elsewhere_is_no_edge(source: str) -> None:
    assert edges({"a/main.tf": f'module "m" {{ source = "{source}" }}', "etc/x.tf": ""}) == set()


def test_text_in_a_heredoc_is_no_block() -> None:
    text = 'resource "a_b" "x" {\n  y = <<EOT\nmodule "m" {\n  source = "./m"\n}\nEOT\n}\n'
    assert edges({"main.tf": text, "m/m.tf": ""}) == set()


def test_files_that_terraform_reads_are_its_inputs() -> None:
    text = 'resource "a_b" "x" {\n  y = templatefile("${path.module}/init.sh", {})\n  z = file("./gone")\n}'
    assert edges_from({"i/main.tf": text, "i/init.sh": ""}, "i/main.tf") == {"i/init.sh"}


def test_remote_state_of_another_directory_is_an_edge_by_its_key() -> None:
    files = {
        "net/main.tf": 'terraform {\n  backend "s3" {\n    key = "net/state"\n  }\n}',
        "app/main.tf": 'data "terraform_remote_state" "n" {\n  config = {\n    key = "net/state"\n  }\n}',
    }
    assert edges(files) == {("app/data.terraform_remote_state.n", "net/", "state")}


def test_terraform_as_json_is_the_same() -> None:
    text = '{"module": {"m": {"source": "./m"}}, "resource": {"a_b": {"x": {"y": "${module.m.z}"}}}}'
    assert ("module.m", "m/", "module") in edges({"main.tf.json": text, "m/m.tf": ""})


@pytest.mark.parametrize("text", ['resource "a" {', "}{", "resource a b c {\n x = \n}", '{"resource": '])
def test_broken_terraform_is_said_to_be_unreadable(text: str) -> None:
    name = "main.tf.json" if text.startswith("{") else "main.tf"
    assert name in graph_of({name: text}).unread


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COPY src /app", {"web/src/**"}),
        ("COPY ./src/a.py /app", {"web/src/a.py"}),
        ("ADD --chown=x:y src/a.py src/b.py /app/", {"web/src/a.py", "web/src/b.py"}),
        ('COPY ["src/a.py", "/app/"]', {"web/src/a.py"}),
        ("COPY src/*.py /app/", {"web/src/a.py", "web/src/b.py"}),
        ("COPY \\\n  src/a.py \\\n  /app/", {"web/src/a.py"}),
        ("COPY --from=build /x /y", set()),
        ("ADD https://example.org/x /y", set()),
        ("COPY . /app", {"web/**"}),
        ("COPY shared /app", {"shared/**"}),
        ("RUN --mount=type=bind,source=src/a.py,target=/x true", {"web/src/a.py"}),
        ("# COPY src /app", set()),
    ],
)
def test_a_container_is_made_of_what_it_copies(text: str, expected: set[str]) -> None:
    files = {
        "web/Dockerfile": f"FROM scratch AS build\n{text}\n",
        "web/src/a.py": "",
        "web/src/b.py": "",
        "shared/s": "",
    }
    assert edges_from(files, "web/Dockerfile") == expected


def test_what_is_copied_whole_reaches_the_container_in_one_step() -> None:
    files = {"web/Dockerfile": "FROM scratch\nCOPY . .", "web/a/b.py": "", "other/c.py": ""}
    assert dict(graph_of(files).reach(["web/a/b.py"]).distance) == {
        "web/**": 0,
        "web/a/b.py": 0,
        "web/Dockerfile": 1,
    }


def test_the_context_is_the_one_that_a_compose_file_gives() -> None:
    files = {
        "compose.yaml": "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/web.Dockerfile\n",
        "docker/web.Dockerfile": "FROM scratch\nCOPY src /app",
        "src/a.py": "",
        "docker/src/b.py": "",
    }
    assert edges_from(files, "docker/web.Dockerfile") == {"src/**"}
    assert edges_from(files, "compose.yaml") == {"docker/web.Dockerfile"}


def test_a_compose_file_reads_and_mounts() -> None:
    text = (
        "services:\n  web:\n    build: ./web\n    env_file:\n      - web.env\n    volumes:\n"
        "      - ./conf:/etc/conf:ro\n      - data:/x\n      - type: bind\n        source: ./one.txt\n"
    )
    files = {
        "compose.yml": text,
        "web/Dockerfile": "",
        "web.env": "",
        "conf/a.conf": "",
        "one.txt": "",
        "data": "",
    }
    assert edges_from(files, "compose.yml") == {"web/Dockerfile", "web.env", "conf/**", "one.txt"}


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      serviceAccountName: web-sa
      containers:
        - name: web
          image: registry.example/shop/web:1.2 # the shop
          envFrom:
            - configMapRef:
                name: web-config
          env:
            - name: KEY
              valueFrom:
                secretKeyRef:
                  name: web-secret
                  key: k
      volumes:
        - name: v
          persistentVolumeClaim:
            claimName: web-data
"""


def an_object(kind: str, name: str) -> str:
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n"


def test_a_manifest_needs_what_it_names() -> None:
    files = {
        "k8s/web.yaml": DEPLOYMENT,
        "k8s/config.yaml": f"{an_object('ConfigMap', 'web-config')}---\n{an_object('Secret', 'web-secret')}",
        "k8s/sa.yml": an_object("ServiceAccount", "web-sa"),
        "k8s/data.yaml": an_object("PersistentVolumeClaim", "web-data"),
        "k8s/other.yaml": an_object("ConfigMap", "other"),
        "services/web/Dockerfile": "FROM scratch",
    }
    expected = {"k8s/config.yaml", "k8s/sa.yml", "k8s/data.yaml", "services/web/Dockerfile"}
    assert edges_from(files, "k8s/web.yaml") == expected


def test_of_several_with_one_name_the_nearest_count() -> None:
    files = {
        "prod/web.yaml": DEPLOYMENT,
        "prod/config.yaml": an_object("ConfigMap", "web-config"),
        "test/config.yaml": an_object("ConfigMap", "web-config"),
    }
    assert edges_from(files, "prod/web.yaml") == {"prod/config.yaml"}


def test_a_kustomization_takes_in_files_and_other_kustomizations() -> None:
    text = (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- ../base\n- web.yaml\n"
        "patches:\n  - path: patch.yaml\nconfigMapGenerator:\n- name: c\n  files:\n  - app.properties\n  - k=b.txt\n"
    )
    files = {
        "prod/kustomization.yaml": text,
        "base/kustomization.yaml": "resources: []",
        **dict.fromkeys(["prod/web.yaml", "prod/patch.yaml", "prod/app.properties", "prod/b.txt"], ""),
    }
    assert edges_from(files, "prod/kustomization.yaml") == set(files) - {"prod/kustomization.yaml"}


def test_a_charts_templates_are_filled_in_with_its_values() -> None:
    files = {
        "charts/web/Chart.yaml": "name: web\ndependencies:\n  - name: lib\n    repository: file://../lib\n",
        "charts/web/values.yaml": "image:\n  repository: example.org/web\n",
        "charts/web/templates/deploy.yaml": "kind: Deployment\n{{ .Values.x }}\n",
        "charts/lib/Chart.yaml": "name: lib",
        "web/Dockerfile": "FROM scratch",
    }
    assert {"charts/web/values.yaml", "charts/web/Chart.yaml"} <= edges_from(
        files, "charts/web/templates/deploy.yaml"
    )
    assert edges_from(files, "charts/web/Chart.yaml") == {"charts/lib/Chart.yaml"}
    assert edges_from(files, "charts/web/values.yaml") == {"web/Dockerfile"}


def test_a_workflow_uses_and_runs_files_of_its_repository() -> None:
    text = (
        "jobs:\n  a:\n    uses: ./.github/workflows/shared.yml\n    steps:\n    - uses: actions/checkout@v4\n"
        "    - uses: ./.github/actions/deploy\n    - run: ./scripts/deploy.sh prod\n    - run: |\n"
        "        python tools/x.py\n"
    )
    files = {
        ".github/workflows/ci.yml": text,
        ".github/workflows/shared.yml": "on: workflow_call",
        ".github/actions/deploy/action.yml": "runs: {}",
        "scripts/deploy.sh": "",
        "tools/x.py": "",
    }
    assert edges_from(files, ".github/workflows/ci.yml") == set(files) - {".github/workflows/ci.yml"}


@pytest.mark.parametrize(
    "name", ["Dockerfile", "compose.yaml", ".github/workflows/a.yml", "x.yaml", "main.tf"]
)
@pytest.mark.parametrize(
    "text", ["COPY ", "- ", "a: ", "a:\n", "\\\n", "image: x\n", 'resource "a" "b" {', "---\n", " "]
)
def test_hostile_text_is_read_in_linear_time(name: str, text: str) -> None:
    data = (text * (1_000_000 // len(text))).encode()
    started = time.process_time()
    extract(language_of(name) or "", data)
    assert time.process_time() - started < 4


@given(st.text(alphabet='COPY FROMimage:- \n"{}[]/.$#=\\', max_size=80))
def test_nothing_written_makes_it_fail(text: str) -> None:
    names = ["Dockerfile", "compose.yaml", ".github/workflows/a.yml", "x.yaml", "main.tf", "main.tf.json"]
    assert isinstance(graph_of(dict.fromkeys(names, text)), Graph)
