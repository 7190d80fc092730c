"""docker-compose.yml: pinned, limited, healthy, on loopback, and without a default password."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.deploy import secrets

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE = REPOSITORY.parent / "shared" / "compose"
FILE = REPOSITORY / "docker-compose.yml"

ONE_SHOT = {"certs", "setup", "setup-kibana", "airflow-init"}
SECRETS = [name for name, value in secrets.assignments((REPOSITORY / ".env.example").read_text()) if not value]
LAPTOP = 12 * 1024
"""MiB that may be promised to containers on a machine with 16 GiB."""


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]
    return loaded


@pytest.fixture
def env(tmp_path: Path) -> Path:
    text, _ = secrets.complete((REPOSITORY / ".env.example").read_text(), "")
    (tmp_path / ".env").write_text(text)
    return tmp_path / ".env"


def compose(env: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    if not COMPOSE.exists():
        pytest.skip(f"no Docker Compose at hand ({COMPOSE})")
    command = [COMPOSE, "-f", FILE, "--env-file", env, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("Docker Compose is built the first time it is asked, which takes minutes; .ci/run asks it first")
    if done.returncode == 3:
        pytest.skip(f"Docker Compose cannot be built here: {done.stderr.strip()}")
    return done


def test_compose_accepts_the_file(env: Path) -> None:
    done = compose(env, "config", "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", SECRETS)
def test_compose_refuses_to_start_without_a_secret(env: Path, name: str) -> None:
    env.write_text(re.sub(rf"^{name}=.*$", f"{name}=", env.read_text(), flags=re.MULTILINE))

    done = compose(env, "config", "--quiet")

    assert done.returncode != 0
    assert "run make secrets" in done.stderr


def test_every_image_is_pinned_to_a_version(services: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in services.items()}

    assert not {name: image for name, image in images.items() if not re.search(r":\d+\.\d+(\.\d+)?$", image)}
    assert re.search(
        r"^FROM apache/airflow:3\.3\.2-python3\.\d+$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE
    )


def test_kibana_has_elasticsearchs_version(services: dict[str, Any]) -> None:
    versions = {services[name]["image"].rpartition(":")[2] for name in ("elasticsearch", "kibana", "certs")}

    assert len(versions) == 1


def test_airflow_in_the_image_is_the_one_that_is_tested() -> None:
    pinned = dict(line.split("==") for line in (REPOSITORY / "constraints.txt").read_text().split() if "==" in line)

    assert f"FROM apache/airflow:{pinned['apache-airflow']}-" in (REPOSITORY / "Dockerfile").read_text()


def test_nothing_can_be_reached_from_another_machine(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_memory_promised_fits_a_laptop(services: dict[str, Any]) -> None:
    unit = {"g": 1024, "m": 1}
    limits = {name: service["mem_limit"] for name, service in services.items()}
    running = [limits[name] for name in services.keys() - ONE_SHOT]

    assert sum(int(limit[:-1]) * unit[limit[-1]] for limit in running) <= LAPTOP
    # The heap is at most half of the container: the rest is the file cache.
    heap = int(re.search(r"-Xmx(\d+)m", services["elasticsearch"]["environment"]["ES_JAVA_OPTS"])[1])  # type: ignore[index]
    assert heap * 2 <= int(limits["elasticsearch"][:-1]) * 1024


def test_every_service_that_stays_is_checked_and_comes_back(services: dict[str, Any]) -> None:
    for name in services.keys() - ONE_SHOT:
        assert services[name]["healthcheck"]["test"], name
        assert services[name]["restart"] == "unless-stopped", name


def test_nothing_starts_before_what_it_needs(services: dict[str, Any]) -> None:
    conditions = {
        (name, needed): how["condition"]
        for name, service in services.items()
        for needed, how in service.get("depends_on", {}).items()
    }

    for (name, needed), condition in conditions.items():
        expected = "service_completed_successfully" if needed in ONE_SHOT else "service_healthy"
        assert condition == expected, f"{name} needs {needed}"
    assert ("kibana", "setup") in conditions
    assert ("setup-kibana", "kibana") in conditions
    for name in ("airflow-apiserver", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer"):
        assert {(name, "setup"), (name, "airflow-init")} <= conditions.keys()


def test_scheduler_and_triggerer_share_archive_and_locks(services: dict[str, Any]) -> None:
    for name in ("airflow-scheduler", "airflow-triggerer"):
        assert "veille-home:/var/lib/veille" in services[name]["volumes"]
        assert services[name]["environment"]["VEILLE_HOME"] == "/var/lib/veille"


def test_the_pipeline_never_sees_the_superusers_password(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name.startswith("airflow-"):
            assert "ELASTIC_PASSWORD" not in str(service["environment"]), name
            assert "keys:/run/veille/keys" not in service["volumes"], f"{name} may only read the key"


def test_no_password_is_written_down_anywhere() -> None:
    """Every password, key and secret of the files comes from `.env`, and the example leaves each of them empty."""
    secret = re.compile(r"^\s*-?\s*[\w.]*(PASSWORD|SECRET|_KEY|FERNET)[\w.]*\s*[:=]\s*(?P<value>\S+)", re.IGNORECASE)
    for path in (FILE, REPOSITORY / "Dockerfile", REPOSITORY / ".env.example"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if (match := secret.match(line)) and not line.lstrip().startswith("#"):
                allowed = match["value"].startswith(("${", "/run/veille/keys/")) and ":-" not in match["value"]
                assert allowed, f"{path.name}:{number}: {line.strip()}"


def test_env_stays_out_of_git_and_out_of_the_image() -> None:
    assert ".env" in (REPOSITORY / ".gitignore").read_text().splitlines()
    ignored = [line for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert ignored[0] == "*"
    assert not [line for line in ignored if line.startswith("!.")]


def test_every_name_that_compose_reads_is_in_the_example() -> None:
    names = {name for name, _ in secrets.assignments((REPOSITORY / ".env.example").read_text())}

    assert set(re.findall(r"(?<!\$)\$\{(\w+)", FILE.read_text())) == names
